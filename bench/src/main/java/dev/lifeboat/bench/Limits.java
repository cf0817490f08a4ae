package dev.lifeboat.bench;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** What the machine itself does, one thread each, for comparison. */
final class Limits {
  private static final int SLICE = 64 << 10;
  private static final int BLOCK = 256 << 10;

  private final byte[] content;

  Limits(byte[] content) {
    this.content = content;
  }

  /** Something that handles the content once. */
  private interface Work {
    void run() throws IOException, GeneralSecurityException, InterruptedException;
  }

  List<Row> measure(Path work, int runs) throws IOException, InterruptedException {
    List<Row> rows = new ArrayList<>();
    byte[] target = new byte[content.length];
    rows.add(
        row("memory copy", runs, () -> System.arraycopy(content, 0, target, 0, content.length)));
    rows.add(row("AES-256-GCM, slices of 64 KiB, JVM", runs, this::seal));
    rows.add(row("zstd level 1, blocks of 256 KiB", runs, this::compress));
    rows.add(row("loopback, plain TCP", runs, this::loopback));
    rows.add(row("disk: sequential write with fsync", runs, () -> disk(work)));
    return rows;
  }

  private Row row(String name, int runs, Work what) throws IOException, InterruptedException {
    List<Double> rates = new ArrayList<>();
    for (int i = -2; i < runs; i++) {
      long start = System.nanoTime();
      try {
        what.run();
      } catch (GeneralSecurityException e) {
        throw new IOException(e);
      }
      if (i >= 0) {
        rates.add(content.length / 1e6 / ((System.nanoTime() - start) / 1e9));
      }
    }
    return new Row(name, "MB/s", Optional.empty(), new Samples(rates), List.of(), "");
  }

  private void seal() throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    SecretKeySpec key = new SecretKeySpec(new byte[32], "AES");
    byte[] out = new byte[SLICE + 16];
    for (int at = 0; at + SLICE <= content.length; at += SLICE) {
      byte[] nonce = ByteBuffer.allocate(12).putInt(at).array();
      cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(128, nonce));
      cipher.doFinal(content, at, SLICE, out, 0);
    }
  }

  private void compress() {
    byte[] out = new byte[Math.toIntExact(Zstd.compressBound(BLOCK))];
    try (ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(1)) {
      for (int at = 0; at + BLOCK <= content.length; at += BLOCK) {
        zstd.compressByteArray(out, 0, out.length, content, at, BLOCK);
      }
    }
  }

  private void loopback() throws IOException, InterruptedException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread sender =
          Thread.ofPlatform()
              .start(() -> {
                try (Socket socket =
                        new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
                    OutputStream out = socket.getOutputStream()) {
                  out.write(content);
                } catch (IOException ignored) {
                  // The reader notices.
                }
              });
      try (Socket socket = server.accept();
          InputStream in = socket.getInputStream()) {
        byte[] buffer = new byte[BLOCK];
        long left = content.length;
        while (left > 0) {
          int read = in.read(buffer);
          if (read < 0) {
            throw new IOException("the loopback ended early");
          }
          left -= read;
        }
      }
      sender.join();
    }
  }

  private void disk(Path work) throws IOException {
    Path file = work.resolve("limit");
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer all = ByteBuffer.wrap(content);
      while (all.hasRemaining()) {
        all.limit(Math.min(content.length, all.position() + (1 << 20)));
        out.write(all);
        all.limit(content.length);
      }
      out.force(true);
    }
    Files.delete(file);
  }
}
