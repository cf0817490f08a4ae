/**
 * Tracked changes: the agent's frames on its own disk while the link lags, in {@code .hrl} files
 * that never grow. docs/formats.md §4 is the contract.
 */
package dev.lifeboat.wire.journal;
