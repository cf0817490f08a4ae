/**
 * The process server's configuration: read from one YAML file, checked whole, all problems listed
 * at once.
 */
package dev.lifeboat.replicator.processserver.settings;
