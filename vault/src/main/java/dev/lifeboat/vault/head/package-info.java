/** Which process server owns a machine's log: heads, epochs, tombstones, takeover. */
package dev.lifeboat.vault.head;
