package dev.lifeboat.replicator.processserver.log;

/** What a log tells, from threads of its own; implementations return at once. */
public interface LogEvents {
  /** Something has changed: durable, uploaded, or the disk's mood. */
  void progressed();

  /** So many bytes of frames became durable. */
  void durable(long bytes);

  /** The log cannot go on in this process. */
  void failed(String reason);
}
