/**
 * One machine's log as this process server holds it: what is accepted, what is durable, what is
 * uploaded. Knows nothing of connections and nothing of the vault; both sides lean on it.
 */
package dev.lifeboat.replicator.processserver.log;
