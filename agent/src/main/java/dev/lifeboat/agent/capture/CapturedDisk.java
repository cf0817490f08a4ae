package dev.lifeboat.agent.capture;

import java.nio.file.Path;

/**
 * A disk under capture.
 *
 * @param id what it is called in log and vault, for ever
 * @param device the node to read it by, for this boot
 * @param size bytes
 * @param sectorSize bytes of a logical sector
 * @param identity serial, WWN or bus path: what it is recognised by
 * @param arrival another one each time that a disk is taken into the capture: one that went and
 *     returned looks the same otherwise, and has another change map
 */
public record CapturedDisk(
    int id, Path device, long size, int sectorSize, String identity, long arrival) {}
