/**
 * The process server put together: settings in, listener, logs, caches and uploaders running, and
 * their orderly end.
 */
package dev.lifeboat.replicator.processserver;
