/** Secrets that objects of ours name. */
package dev.lifeboat.operator.secret;
