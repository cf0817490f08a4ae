/**
 * The keys of the vault: recovery key, a machine's data key wrapped by it, and segment keys derived
 * from that.
 */
package dev.lifeboat.vault.key;
