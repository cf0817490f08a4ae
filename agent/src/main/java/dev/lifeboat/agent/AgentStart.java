package dev.lifeboat.agent;

import dev.lifeboat.agent.settings.AgentSettings;
import dev.lifeboat.wire.identity.IdentityException;
import java.io.IOException;

/** Starts the agent, once it is known what it is to do. */
@FunctionalInterface
interface AgentStart {
  Agent with(AgentSettings settings) throws IOException, IdentityException;
}
