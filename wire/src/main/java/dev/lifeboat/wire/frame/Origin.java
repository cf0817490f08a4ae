package dev.lifeboat.wire.frame;

import java.util.UUID;

/**
 * Whose log a frame belongs to.
 *
 * @param machine the machine, for ever
 * @param lineage one unbroken history of its writes
 */
public record Origin(UUID machine, UUID lineage) {}
