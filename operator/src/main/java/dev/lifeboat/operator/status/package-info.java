/** How objects are told about: conditions, status written only when it differs, Events. */
package dev.lifeboat.operator.status;
