/**
 * What was written to the protected disks, in kernel order: the seam {@link
 * dev.lifeboat.agent.capture.CaptureSource}, and the source that BPF programs feed.
 */
package dev.lifeboat.agent.capture;
