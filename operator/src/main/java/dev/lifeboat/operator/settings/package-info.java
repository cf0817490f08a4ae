/** The operator's configuration, from its environment. */
package dev.lifeboat.operator.settings;
