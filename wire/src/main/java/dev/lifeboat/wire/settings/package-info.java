/**
 * Configuration files: YAML that is read once, checked whole, and answered with every problem at
 * once. Each program makes its own typed record of it.
 */
package dev.lifeboat.wire.settings;
