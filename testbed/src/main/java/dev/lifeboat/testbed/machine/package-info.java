/**
 * Virtual machines of the testbed: images built from Debian packages, and QEMU that boots them by
 * BIOS from their own disks. Everything here is emulated (no KVM): slow, but real.
 */
package dev.lifeboat.testbed.machine;
