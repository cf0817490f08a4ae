/** The replicator's command line. The roles themselves live in packages below. */
package dev.lifeboat.replicator;
