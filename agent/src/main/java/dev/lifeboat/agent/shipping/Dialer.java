package dev.lifeboat.agent.shipping;

/** Makes links. */
public interface Dialer {

  /** Begins to connect; the link opens later, or closes with a reason. */
  Link dial(ServerAddress server);
}
