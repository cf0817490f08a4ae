/**
 * The process server's cache: what was acknowledged as durable and is not in the vault yet,
 * encrypted on a disk of its own. Knows files and frames, not machines' sessions and not the vault.
 */
package dev.lifeboat.replicator.processserver.cache;
