package dev.lifeboat.agent.control;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.lifeboat.agent.capture.Losses;
import dev.lifeboat.agent.convergence.Progress;
import dev.lifeboat.agent.shipping.ShippingStatus;
import java.util.List;

/**
 * What {@code lifeboat-agent status} shows.
 *
 * @param state {@code Dormant}, {@code Converging} or {@code Consistent}
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
    @JsonProperty("disks") List<Progress.Disk> disks) {

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
        progress.disks());
  }

  /** Of an agent that does nothing, and why. */
  public static AgentStatus dormant(String machine, String reason) {
    return new AgentStatus(
        machine,
        "Dormant",
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
        List.of());
  }
}
