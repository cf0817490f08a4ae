/**
 * The one mechanism that makes the far side equal to the machine: passes over what is not known to
 * be equal, and the judgement whether a mark is a point.
 */
package dev.lifeboat.agent.convergence;
