package dev.lifeboat.agent.shipping;

import dev.lifeboat.agent.capture.MemoryCaptureSource.Pending;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What happened to the source's disks, event by event: a point must be one of the states that a
 * power cut at its event could have left.
 */
@SuppressWarnings("ArrayRecordComponent")
final class History {
  private record Event(int disk, long offset, byte[] before, byte[] after, Pending open) {}

  private record Whole(Map<Integer, byte[]> disks) {}

  private final List<Object> events = new ArrayList<>();
  private final Map<Pending, byte[]> open = new HashMap<>();

  int now() {
    return events.size();
  }

  /** The disks are as given, whatever was before: start, reboot, restored copy. */
  void whole(Map<Integer, byte[]> disks) {
    Map<Integer, byte[]> copy = new HashMap<>();
    disks.forEach((id, bytes) -> copy.put(id, bytes.clone()));
    events.add(new Whole(copy));
    open.clear();
  }

  /**
   * A write was issued. If it was captured it counts from now, else it may count until complete.
   */
  void issued(Pending write, byte[] before) {
    if (write.captured()) {
      events.add(new Event(write.disk(), write.offset(), before, write.bytes(), null));
    } else {
      events.add(new Event(write.disk(), write.offset(), before, before, write));
    }
    open.put(write, before);
  }

  void completed(Pending write) {
    byte[] before = open.remove(write);
    events.add(new Event(write.disk(), write.offset(), before, write.bytes(), null));
  }

  void failed(Pending write) {
    byte[] before = open.remove(write);
    events.add(new Event(write.disk(), write.offset(), before, before, null));
  }

  void set(int disk, long offset, byte[] after) {
    events.add(new Event(disk, offset, after, after, null));
  }

  /** Says how disks differ from every state allowed behind {@code count} events; empty if not. */
  String difference(int count, Map<Integer, byte[]> disks) {
    Map<Integer, byte[]> expected = new HashMap<>();
    Map<Pending, Pending> maybe = new HashMap<>();
    for (int i = 0; i < count; i++) {
      switch (events.get(i)) {
        case Whole whole -> {
          expected.clear();
          whole.disks().forEach((id, bytes) -> expected.put(id, bytes.clone()));
          maybe.clear();
        }
        case Event event -> {
          System.arraycopy(
              event.after(),
              0,
              expected.get(event.disk()),
              (int) event.offset(),
              event.after().length);
          if (event.open() != null) {
            maybe.put(event.open(), event.open());
          } else {
            maybe
                .keySet()
                .removeIf(open -> open.disk() == event.disk() && open.offset() == event.offset());
          }
        }
        default -> throw new AssertionError();
      }
    }
    for (Map.Entry<Integer, byte[]> disk : disks.entrySet()) {
      byte[] want = expected.get(disk.getKey());
      byte[] got = disk.getValue();
      for (int i = 0; i < want.length; i++) {
        if (want[i] != got[i] && !allowed(maybe, disk.getKey(), i, got[i])) {
          return "disk %d differs at %d (granule %d)".formatted(disk.getKey(), i, i / 65536);
        }
      }
    }
    return "";
  }

  private static boolean allowed(Map<Pending, Pending> maybe, int disk, int at, byte got) {
    return maybe.keySet().stream()
        .anyMatch(open ->
            open.disk() == disk
                && at >= open.offset()
                && at < open.offset() + open.bytes().length
                && open.bytes()[(int) (at - open.offset())] == got);
  }
}
