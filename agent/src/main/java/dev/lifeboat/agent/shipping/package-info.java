/**
 * From the ring or the journal to the process server: framing, the one way to resume, the window of
 * what is under way, marks, and the link.
 */
package dev.lifeboat.agent.shipping;
