/**
 * Segments, the immutable blobs that a machine's log is kept in: writing them (hot: the process
 * server's data path), reading footers and chunks back with everything checked, and putting them
 * where only one writer can.
 */
package dev.lifeboat.vault.segment;
