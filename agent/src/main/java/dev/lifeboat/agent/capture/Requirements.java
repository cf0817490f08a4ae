package dev.lifeboat.agent.capture;

import dev.lifeboat.agent.kernel.BpfMap;
import dev.lifeboat.agent.kernel.BpfMap.Shape;
import dev.lifeboat.agent.kernel.Btf;
import dev.lifeboat.agent.kernel.Errno;
import dev.lifeboat.agent.kernel.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Whether this machine's kernel can do what capture needs; asked for, not guessed by version. */
final class Requirements {
  private static final Path LOCKDOWN = Path.of("/sys/kernel/security/lockdown");

  private Requirements() {}

  /** Where the kernel keeps what we read, or a refusal. */
  static KernelLayout check() throws IOException {
    refuseLockdown(LOCKDOWN);
    refuseWithoutRing();
    try {
      return KernelLayout.of(Btf.ofKernel());
    } catch (IOException e) {
      throw new CaptureRefusedException(
          "this kernel's block layer cannot be read: " + e.getMessage() + "; update the kernel", e);
    }
  }

  static void refuseLockdown(Path lockdown) throws IOException {
    if (Files.isReadable(lockdown) && Files.readString(lockdown).contains("[confidentiality]")) {
      throw new CaptureRefusedException(
          "the kernel is locked down to confidentiality, which forbids BPF to read: boot it with"
              + " lockdown=integrity");
    }
  }

  private static void refuseWithoutRing() throws IOException {
    try (BpfMap ring = BpfMap.create(Shape.ring(4096), "lb_probe")) {
      ring.shape();
    } catch (KernelException e) {
      String what =
          e.errno() == Errno.EPERM || e.errno() == Errno.EACCES
              ? "capture needs root: run the agent as root"
              : "this kernel has no BPF ring buffer: update it to 5.8, or RHEL 8.4, or later";
      throw new CaptureRefusedException(what, e);
    }
  }
}
