/**
 * The stream between a machine and its process server: messages, their Netty codec, and the gate
 * that a connection passes before either is heard. docs/formats.md §3 is the contract.
 */
package dev.lifeboat.wire.protocol;
