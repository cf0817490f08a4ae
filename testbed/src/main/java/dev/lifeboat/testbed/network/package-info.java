/**
 * The one network that everything of a testbed shares: a network namespace with a bridge, joined to
 * the host by one veth pair, and with no way out of the machine.
 */
package dev.lifeboat.testbed.network;
