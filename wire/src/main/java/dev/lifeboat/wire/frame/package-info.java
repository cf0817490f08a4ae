/**
 * The bytes of the log: records, the frames that carry them, and the chain that proves their order.
 * docs/formats.md §1 and §2 is the contract.
 */
package dev.lifeboat.wire.frame;
