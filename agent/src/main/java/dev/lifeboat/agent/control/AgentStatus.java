package dev.lifeboat.agent.control;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lifeboat.agent.capture.Losses;
import dev.lifeboat.agent.convergence.Progress;
import dev.lifeboat.agent.shipping.ShippingStatus;
import java.util.List;

/**
 * What {@code lifeboat-agent status} shows.
 *
 * @param state {@code Starting}, {@code Dormant}, {@code Converging} or {@code Consistent}
 * @param reason why it is not consistent; empty if it is
 * @param bytesLeft bytes still to be read
 * @param secondsLeft how long that takes; -1 if unknown
 * @param connected whether a process server takes the log
 * @param server the process server it ships to, or greets next
 * @param trouble why it is not connected; empty if it is
 * @param lagBytes captured and not durable yet
 * @param lagSeconds age of the newest mark that is in the vault; -1 if there is none in this run
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record AgentStatus(
    @JsonProperty("machine") String machine,
    @JsonProperty("state") String state,
    @JsonProperty("reason") String reason,
    @JsonProperty("bytesLeft") long bytesLeft,
    @JsonProperty("secondsLeft") long secondsLeft,
    @JsonProperty("connected") boolean connected,
    @JsonProperty("server") String server,
    @JsonProperty("trouble") String trouble,
    @JsonProperty("lineage") String lineage,
    @JsonProperty("epoch") long epoch,
    @JsonProperty("position") long position,
    @JsonProperty("durablePosition") long durablePosition,
    @JsonProperty("lagBytes") long lagBytes,
    @JsonProperty("lagSeconds") double lagSeconds,
    @JsonProperty("durable") long durable,
    @JsonProperty("uploaded") long uploaded,
    @JsonProperty("ringFill") double ringFill,
    @JsonProperty("journalFiles") int journalFiles,
    @JsonProperty("journalTrouble") String journalTrouble,
    @JsonProperty("losses") Losses losses,
    @JsonProperty("disks") List<Progress.Disk> disks,
    @JsonProperty("operator") Operator operator) {

  /**
   * The operator that leads the agent.
   *
   * @param endpoint where it is asked; empty if there is none
   * @param trouble why it was not heard when it was asked last; empty if it was
   * @param certificateEnds until when the machine's certificate holds, RFC 3339
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Operator(
      @JsonProperty("endpoint") String endpoint,
      @JsonProperty("trouble") String trouble,
      @JsonProperty("certificateEnds") String certificateEnds) {
    /** Of an agent that is configured by hand. */
    public static final Operator NONE = new Operator("", "", "");
  }

  public AgentStatus {
    operator = operator == null ? Operator.NONE : operator;
  }

  private static final String DORMANT = "Dormant";
  private static final double SECOND = 1_000_000_000.0;

  /** Of an agent that ships. */
  public static AgentStatus of(
      String machine, ShippingStatus shipping, Losses losses, long bootNanos) {
    Progress progress = shipping.progress();
    ShippingStatus.Figures figures = shipping.figures();
    long uploadedAt = figures.markUploadedNanos();
    boolean quiet = uploadedAt > 0 && figures.markTakenNanos() == uploadedAt;
    double lag = uploadedAt == 0 ? -1 : (bootNanos - uploadedAt) / SECOND;
    return new AgentStatus(
        machine,
        progress.consistent() ? "Consistent" : "Converging",
        progress.reason(),
        progress.bytesLeft(),
        progress.secondsLeft(),
        shipping.connected(),
        shipping.server(),
        shipping.trouble(),
        shipping.lineage().toString(),
        shipping.epoch(),
        figures.producer(),
        figures.durablePosition(),
        Math.max(0, figures.producer() - figures.durablePosition()),
        quiet && figures.producer() == figures.durablePosition() ? 0 : lag,
        figures.durable(),
        figures.uploaded(),
        shipping.ringFill(),
        shipping.journalFiles(),
        shipping.journalTrouble(),
        losses,
        progress.disks(),
        Operator.NONE);
  }

  /** Of an agent that does nothing, and why. */
  public static AgentStatus dormant(String machine, String reason) {
    return idle(machine, DORMANT, reason);
  }

  /** Of an agent that does nothing yet, and what it waits for. */
  public static AgentStatus starting(String machine, String reason) {
    return idle(machine, "Starting", reason);
  }

  /** The same, and how it stands with the operator. */
  public AgentStatus ledBy(Operator by) {
    return new AgentStatus(
        machine,
        state,
        reason,
        bytesLeft,
        secondsLeft,
        connected,
        server,
        trouble,
        lineage,
        epoch,
        position,
        durablePosition,
        lagBytes,
        lagSeconds,
        durable,
        uploaded,
        ringFill,
        journalFiles,
        journalTrouble,
        losses,
        disks,
        by);
  }

  /** How much of the disks is equal, in whole percent; 100 only if all of it is. */
  @JsonIgnore
  public int percentEqual() {
    long size = disks.stream().mapToLong(Progress.Disk::size).sum();
    if (size == 0) {
      return 0;
    }
    return bytesLeft == 0 ? 100 : (int) Math.clamp(100 - 100.0 * bytesLeft / size, 0, 99);
  }

  private static AgentStatus idle(String machine, String state, String reason) {
    return new AgentStatus(
        machine,
        state,
        reason,
        0,
        0,
        false,
        "",
        "",
        "",
        0,
        0,
        0,
        0,
        -1,
        0,
        0,
        0,
        0,
        "",
        new Losses(0, 0, 0, 0, 0),
        List.of(),
        Operator.NONE);
  }

  /** Whether the agent does nothing, for this is not the machine that was enrolled. */
  @JsonIgnore
  public boolean isDormant() {
    return state.equals(DORMANT);
  }

  /** Why it does not ship; empty if it does. */
  public String hindrance() {
    if (connected) {
      return "";
    }
    String why = trouble.isEmpty() ? reason : trouble;
    return why.isEmpty() ? state : state + ": " + why;
  }
}
