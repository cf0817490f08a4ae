package dev.lifeboat.operator.agents;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.lifeboat.operator.agents.AgentRecord.Disk;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Whether an agent may enrol. Pure. */
final class Enrolment {

  /**
   * What an agent says when it enrols.
   *
   * @param csr PEM
   * @param hardware what its machine is told by
   * @param disks devices of the whole disks that it found
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Request(
      String token, String csr, String hardware, AgentRecord.Facts facts, List<String> disks) {
    Request {
      token = token == null ? "" : token;
      csr = csr == null ? "" : csr;
      hardware = hardware == null ? "" : hardware;
      facts = facts == null ? AgentRecord.Facts.NONE : facts;
      disks = disks == null ? List.of() : List.copyOf(disks);
    }
  }

  /** What is answered. */
  sealed interface Verdict {
    /**
     * It may.
     *
     * @param name of the ProtectedVM
     */
    record Admitted(String name) implements Verdict {}

    /** It may not, and why. */
    record Refused(int status, String why) implements Verdict {}
  }

  private static final int MOST_DISKS = 64;

  private Enrolment() {}

  static Verdict judge(Request request, List<AgentRecords.Named> all, Instant now) {
    if (request.hardware().isEmpty() || request.hardware().length() > 256) {
      return new Verdict.Refused(400, "the machine says nothing that it can be told by");
    }
    if (request.disks().size() > MOST_DISKS) {
      return new Verdict.Refused(400, "a machine has at most " + MOST_DISKS + " disks");
    }
    String hash = Tokens.hash(request.token());
    Optional<AgentRecords.Named> owner =
        all.stream().filter(named -> hash.equals(named.agent().tokenHash())).findFirst();
    if (owner.isEmpty()) {
      return used(request, hash, all);
    }
    AgentRecord agent = owner.get().agent();
    if (now.isAfter(Instant.parse(agent.tokenEnds()))) {
      return new Verdict.Refused(
          403,
          "the token has expired; a new command stands in the Secret that status.enrolment of the"
              + " ProtectedVM names");
    }
    return hardwareTaken(request, owner.get(), all)
        .<Verdict>map(other ->
            new Verdict.Refused(
                409,
                "this machine is enrolled already, as ProtectedVM " + other + ": wrong machine"))
        .orElseGet(() -> new Verdict.Admitted(owner.get().name()));
  }

  private static Optional<String> hardwareTaken(
      Request request, AgentRecords.Named owner, List<AgentRecords.Named> all) {
    return all.stream()
        .filter(named -> !named.name().equals(owner.name()))
        .filter(named -> named.agent().hardware().equals(request.hardware()))
        .map(AgentRecords.Named::name)
        .findFirst();
  }

  /** The same request once more is answered once more: its first answer may have been lost. */
  private static Verdict used(Request request, String hash, List<AgentRecords.Named> all) {
    Optional<AgentRecords.Named> before =
        all.stream().filter(named -> hash.equals(named.agent().usedHash())).findFirst();
    if (before.isEmpty()) {
      return new Verdict.Refused(403, "the token is not known; copy the whole command");
    }
    AgentRecord agent = before.get().agent();
    return agent.keyHash().equals(Tokens.hash(request.csr()))
            && agent.hardware().equals(request.hardware())
        ? new Verdict.Admitted(before.get().name())
        : new Verdict.Refused(403, "the token was used already; each command works once");
  }

  /**
   * Numbers disks: an id is for ever, so those that had one keep it, and new ones get the next.
   *
   * @param wanted those that the ProtectedVM names; empty: every disk that was found
   */
  static List<Disk> number(List<Disk> wanted, List<String> found, List<Disk> before) {
    if (!wanted.isEmpty()) {
      return wanted;
    }
    List<Disk> disks = new ArrayList<>();
    Set<Integer> taken = new HashSet<>();
    before.forEach(disk -> taken.add(disk.id()));
    for (String device : found) {
      int id =
          before.stream()
              .filter(disk -> disk.device().equals(device))
              .map(Disk::id)
              .findFirst()
              .orElseGet(() -> next(taken));
      taken.add(id);
      disks.add(new Disk(id, device));
    }
    return disks;
  }

  private static int next(Set<Integer> taken) {
    int id = 1;
    while (taken.contains(id)) {
      id++;
    }
    return id;
  }
}
