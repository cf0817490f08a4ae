package dev.lifeboat.vault.point;

import java.time.Instant;

/**
 * A consistent mark that cannot be brought back any more.
 *
 * @param blob whose loss or damage cost it, or that has a newer point of the same id
 */
public record LostPoint(PointId id, Instant time, String blob) {}
