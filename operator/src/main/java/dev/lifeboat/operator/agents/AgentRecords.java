package dev.lifeboat.operator.agents;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** What is remembered of agents. Thread-safe. */
public interface AgentRecords {

  /** A record under the name of its ProtectedVM. */
  record Named(String name, AgentRecord agent) {}

  List<Named> all();

  default Optional<Named> byMachine(UUID machine) {
    return all().stream().filter(named -> named.agent().machine().equals(machine)).findFirst();
  }

  /** Changes a record, once, whatever others do at the same time; empty if it is gone. */
  Optional<AgentRecord> change(String name, UnaryOperator<AgentRecord> change);
}
