/** What the agent is told by its configuration file, and the directory where it remembers. */
package dev.lifeboat.agent.settings;
