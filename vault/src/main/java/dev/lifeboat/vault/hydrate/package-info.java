/**
 * Makes disks out of recovery points: decides by the segments' indexes who owns each sector, then
 * fetches what is owned once and writes it once, to a {@link
 * dev.lifeboat.vault.hydrate.DiskTarget}.
 */
package dev.lifeboat.vault.hydrate;
