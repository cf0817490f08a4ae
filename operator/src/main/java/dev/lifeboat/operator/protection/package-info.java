/** Machines: what is known of their agents, their points, and how they stand. */
package dev.lifeboat.operator.protection;
