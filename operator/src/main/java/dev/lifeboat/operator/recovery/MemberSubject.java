package dev.lifeboat.operator.recovery;

import dev.lifeboat.crds.ProtectedVM;
import dev.lifeboat.crds.ReplicationPolicy;
import dev.lifeboat.operator.cloud.Cloud;
import dev.lifeboat.operator.cloud.Replica;
import dev.lifeboat.operator.vaults.MachineVault;
import java.util.UUID;

/** One machine of a run, with all that is needed to work on it. */
record MemberSubject(
    ProtectedVM machine,
    ReplicationPolicy policy,
    UUID uid,
    MachineVault vault,
    Cloud cloud,
    Replica replica) {}
