/**
 * The side of the agents: connections, their states, the credit they get. Knows logs, not how they
 * come to the vault.
 */
package dev.lifeboat.replicator.processserver.listener;
