/**
 * Who a machine and a process server are to each other: a small certificate authority, the PEM
 * files of an identity, and the TLS contexts made of them.
 */
package dev.lifeboat.wire.identity;
