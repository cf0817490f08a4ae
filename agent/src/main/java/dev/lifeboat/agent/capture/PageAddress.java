package dev.lifeboat.agent.capture;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lifeboat.agent.kernel.BpfMap;
import dev.lifeboat.agent.kernel.BpfMap.Shape;
import dev.lifeboat.agent.kernel.BpfProgram;
import dev.lifeboat.agent.kernel.Mapping;
import dev.lifeboat.agent.kernel.RawTracepoint;
import dev.lifeboat.agent.kernel.SystemCalls;
import dev.lifeboat.wire.journal.DirectIo;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Finds and proves what turns the address of a struct page into the address of its bytes: {@code
 * bytes = page * (4096 / sizeof(struct page)) + base}. The base differs with each boot.
 */
final class PageAddress {
  /** The base, and what proved it. */
  record Proven(long base, String proof) {}

  private static final int ATTEMPTS = 20;
  private static final int PAGE = 4096;

  private final KernelLayout layout;
  private final Path directory;

  PageAddress(KernelLayout layout, Path directory) {
    this.layout = layout;
    this.directory = directory;
  }

  /** Finds it and proves it. */
  Proven find() throws IOException {
    OptionalLong base = fromSymbols();
    if (base.isEmpty()) {
      base = fromBuffer();
    }
    if (base.isEmpty()) {
      throw new CaptureRefusedException(
          "the kernel hides where its memory is: put the agent's state directory on ext4, or allow"
              + " /proc/kallsyms (kernel.kptr_restrict=1)");
    }
    return new Proven(base.getAsLong(), prove(base.getAsLong()));
  }

  /** Proves a base that was found before; says how. */
  String prove(long base) throws IOException {
    Optional<Boolean> written = byWriting(base);
    if (written.isPresent()) {
      if (written.get()) {
        return "a write by O_DIRECT was read back through the kernel";
      }
    } else {
      OptionalLong again = fromBuffer();
      if (again.isPresent() && again.getAsLong() == base) {
        return "a second buffer of the kernel agrees (no write of ours reached a disk)";
      }
    }
    throw new CaptureRefusedException(
        "memory is not where the kernel's addresses say, so that writes cannot be copied: report"
            + " this kernel");
  }

  /** From the kernel's variables, where their addresses are shown. */
  private OptionalLong fromSymbols() throws IOException {
    KernelSymbols symbols =
        KernelSymbols.read(KernelSymbols.FILE, "vmemmap_base", "page_offset_base");
    if (!symbols.complete()) {
      return OptionalLong.empty();
    }
    try (BpfMap result = BpfMap.create(Shape.shared(16, 1), "lb_symbols");
        Mapping mapping = result.map(0, PAGE, true)) {
      MemorySegment values = mapping.memory();
      long[] code =
          ProofPrograms.peek(
              result, SystemCalls.threadId(), symbols.address(0), symbols.address(1));
      try (BpfProgram program = BpfProgram.load("lb_symbols", code);
          RawTracepoint _ = RawTracepoint.attach("sys_enter", program)) {
        int again = SystemCalls.threadId();
        long pages = values.get(JAVA_LONG, 0);
        long memory = values.get(JAVA_LONG, 8);
        return again == 0 || pages == 0 || memory == 0
            ? OptionalLong.empty()
            : OptionalLong.of(memory - pages * (PAGE / layout.pageSize()));
      }
    }
  }

  /** From a buffer of a file system, which knows both addresses. */
  private OptionalLong fromBuffer() throws IOException {
    try (BpfMap result = BpfMap.create(Shape.shared(16, 1), "lb_buffer");
        Mapping mapping = result.map(0, PAGE, true)) {
      MemorySegment pair = mapping.memory();
      long[] code = ProofPrograms.buffer(result, layout.buffer(), SystemCalls.threadId());
      try (BpfProgram program = BpfProgram.load("lb_buffer", code);
          RawTracepoint _ = RawTracepoint.attach("block_touch_buffer", program)) {
        for (int i = 0; i < ATTEMPTS && pair.get(JAVA_LONG, 8) == 0; i++) {
          Path file = Files.createTempFile(directory, "page-address", ".tmp");
          Files.delete(file);
        }
      }
      long page = pair.get(JAVA_LONG, 0);
      long bytes = pair.get(JAVA_LONG, 8) & -PAGE;
      return bytes == 0
          ? OptionalLong.empty()
          : OptionalLong.of(bytes - page * (PAGE / layout.pageSize()));
    }
  }

  /** Writes what nobody can guess and looks at it as the programs do; empty: it could not. */
  private Optional<Boolean> byWriting(long base) throws IOException {
    byte[] nonce = new byte[ProofPrograms.NONCE];
    new SecureRandom().nextBytes(nonce);
    try (BpfMap result = BpfMap.create(Shape.shared(8 + nonce.length, 1), "lb_nonce");
        Mapping mapping = result.map(0, PAGE, true)) {
      long[] code = ProofPrograms.nonce(result, layout, base, SystemCalls.threadId());
      try (BpfProgram program = BpfProgram.load("lb_nonce", code);
          RawTracepoint _ = RawTracepoint.attach("block_bio_queue", program)) {
        write(nonce);
      }
      if (mapping.memory().get(JAVA_LONG, 0) == 0) {
        return Optional.empty();
      }
      MemorySegment seen = mapping.memory().asSlice(8, nonce.length);
      return Optional.of(seen.mismatch(MemorySegment.ofArray(nonce)) < 0);
    }
  }

  private void write(byte[] nonce) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(2 * PAGE).alignedSlice(PAGE).limit(PAGE);
    buffer.put(0, nonce);
    Path file = Files.createTempFile(directory, "page-address", ".tmp");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, DirectIo.DIRECT)) {
      channel.write(buffer, 0);
    } catch (UnsupportedOperationException | IOException e) {
      // no O_DIRECT here: the caller has another proof
      return;
    } finally {
      Files.delete(file);
    }
  }
}
