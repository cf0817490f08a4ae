/**
 * From the cache into the vault: windows between marks, segments, one Put Blob after the other, for
 * ever patient.
 */
package dev.lifeboat.replicator.processserver.uploader;
