package dev.lifeboat.operator.agents;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** What is remembered of agents. Thread-safe. */
public interface AgentRecords {

  /** A record under the name of its ProtectedVM. */
  record Named(String name, AgentRecord agent) {}

  List<Named> all();

  /**
   * Changes a record, once, whatever others do at the same time; empty if it is gone. What the
   * change throws leaves the record.
   */
  Optional<AgentRecord> change(String name, UnaryOperator<AgentRecord> change);
}
