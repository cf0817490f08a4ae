/** The agent's program: its parts put together, and the commands to run and to ask it. */
package dev.lifeboat.agent;
