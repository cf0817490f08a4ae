package dev.lifeboat.vault.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lifeboat.vault.point.Finding;
import dev.lifeboat.vault.point.LogView;
import dev.lifeboat.vault.point.LostPoint;
import dev.lifeboat.vault.point.RecoveryPoint;
import dev.lifeboat.wire.frame.StateBody;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.stream.Collectors;

/** Prints what a walk found, for people or as JSON. */
final class PointPrinter {

  private PointPrinter() {}

  static void json(LogView view, PrintWriter out) throws IOException {
    ObjectNode root = Common.JSON.createObjectNode();
    root.put("blobs", view.blobs()).put("bytes", view.bytes());
    ArrayNode points = root.putArray("points");
    for (RecoveryPoint p : view.points()) {
      ObjectNode node =
          points
              .addObject()
              .put("id", p.id().toString())
              .put("time", p.mark().time().toString())
              .put("position", p.mark().position())
              .put("label", p.mark().body().label())
              .put("logBytes", p.logBytes());
      ArrayNode disks = node.putArray("disks");
      for (StateBody.Disk d : p.disks()) {
        disks
            .addObject()
            .put("id", d.id())
            .put("size", d.size())
            .put("identity", d.identity())
            .put("name", d.name());
      }
    }
    ArrayNode lost = root.putArray("lost");
    for (LostPoint p : view.lost()) {
      lost.addObject()
          .put("id", p.id().toString())
          .put("time", p.time().toString())
          .put("blob", p.blob());
    }
    ArrayNode findings = root.putArray("findings");
    for (Finding f : view.findings()) {
      findings.addObject().put("blob", f.blob()).put("what", f.what());
    }
    out.println(Common.text(root));
    out.flush();
  }

  static void points(LogView view, PrintWriter out) {
    for (RecoveryPoint p : view.points()) {
      String disks =
          p.disks().stream()
              .map(d -> d.id() + " (" + d.name() + ", " + size(d.size()) + ")")
              .collect(Collectors.joining(", "));
      out.printf(
          "%s  %s  log %s  disks %s%s%n",
          p.mark().time(),
          p.id(),
          size(p.logBytes()),
          disks.isEmpty() ? "none" : disks,
          p.mark().body().label().isEmpty() ? "" : "  " + p.mark().body().label());
    }
    out.printf("%d points, %d blobs, %s%n", view.points().size(), view.blobs(), size(view.bytes()));
    out.flush();
  }

  static void losses(LogView view, PrintWriter out) {
    view.findings().forEach(f -> out.println("DAMAGE " + f));
    view.lost().forEach(p -> out.printf("LOST   %s  %s  by %s%n", p.time(), p.id(), p.blob()));
    out.flush();
  }

  static String size(long bytes) {
    if (bytes < 1 << 10) {
      return bytes + " B";
    }
    int unit = (63 - Long.numberOfLeadingZeros(bytes)) / 10;
    return "%.1f %ciB".formatted((double) bytes / (1L << (unit * 10)), " KMGTPE".charAt(unit));
  }
}
