/**
 * The running agent's side door: a socket in the state directory, by which the commands of the same
 * program ask it for its status and for marks; and its metrics and health for others.
 */
package dev.lifeboat.agent.control;
