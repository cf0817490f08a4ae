package dev.lifeboat.agent.capture;

import dev.lifeboat.agent.kernel.BpfMap;

/**
 * The maps that the programs use.
 *
 * @param lost the last bio of each CPU that was lost, 8 bytes each
 * @param processors how many of them there is room for, a power of two
 */
record ProgramMaps(
    BpfMap programs,
    BpfMap ring,
    BpfMap disks,
    BpfMap states,
    BpfMap dirty,
    BpfMap counters,
    BpfMap perDisk,
    BpfMap flight,
    BpfMap own,
    BpfMap lost,
    int processors) {}
