package dev.lifeboat.operator.agents;

import java.util.List;
import java.util.Optional;

/** Knows what the agents of ProtectedVMs are to do. */
public interface Assignments {

  /** Empty while there is no such object, or its policy has no process server with an address. */
  Optional<Assignment> of(AgentRecords.Named agent);

  /** The disks that the object names; empty for all that are found. */
  List<AgentRecord.Disk> wantedDisks(String name);

  /** Something was learned of this machine. */
  void changed(String name);
}
