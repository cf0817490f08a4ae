/**
 * Leaves out what nobody can ever read back: writes that are overwritten before the next mark.
 * Pure.
 */
package dev.lifeboat.replicator.processserver.coalescer;
