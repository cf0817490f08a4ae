package dev.lifeboat.testbed;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A wire between two programs that can be cut, slowed and garbled: a TCP proxy on loopback. What it
 * garbles is what a broken middle box would: pieces of the stream come twice or in the wrong order.
 */
final class Link implements AutoCloseable {

  private static final int PIECE = 16 * 1024;

  private enum Trouble {
    NONE,
    DUPLICATE,
    REORDER
  }

  private final ServerSocket server;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Random random;
  private volatile OutputStream recording;
  private volatile boolean down;
  private volatile long bytesPerSecond = Long.MAX_VALUE;
  private volatile Trouble trouble = Trouble.NONE;
  private final AtomicLong forwarded = new AtomicLong();

  Link(int target, long seed) throws IOException {
    this.target = target;
    random = new Random(seed);
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Bytes that went from agent to server. */
  long forwarded() {
    return forwarded.get();
  }

  /** Cuts what is open and takes nothing new until {@link #mend}. */
  void cut() {
    down = true;
    reset();
  }

  /** Cuts what is open; the next connection is taken. */
  void reset() {
    sockets.forEach(Link::closeQuietly);
  }

  void mend() {
    down = false;
    trouble = Trouble.NONE;
    bytesPerSecond = Long.MAX_VALUE;
  }

  void slow(long bytesPerSecond) {
    this.bytesPerSecond = bytesPerSecond;
  }

  /** From time to time a piece comes twice. */
  void duplicate() {
    trouble = Trouble.DUPLICATE;
  }

  /** From time to time a piece comes behind the next one. */
  void reorder() {
    trouble = Trouble.REORDER;
  }

  /** Keeps what goes to the server from now on in a file. */
  void record(Path file) throws IOException {
    recording = Files.newOutputStream(file);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        if (down) {
          client.close();
          continue;
        }
        Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(client);
        sockets.add(far);
        Thread.ofVirtual().start(() -> forward(client, far, true));
        Thread.ofVirtual().start(() -> forward(far, client, false));
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        Thread.ofVirtual().start(this::accept); // the far side was not there: take the next
      }
    }
  }

  private void forward(Socket from, Socket to, boolean toServer) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] held = null;
      byte[] piece = new byte[PIECE];
      for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
        pace(n);
        if (toServer && trouble == Trouble.REORDER && held == null && random.nextInt(40) == 0) {
          held = Arrays.copyOf(piece, n);
          continue;
        }
        out.write(piece, 0, n);
        if (held != null) {
          out.write(held);
          held = null;
        }
        if (toServer && trouble == Trouble.DUPLICATE && random.nextInt(40) == 0) {
          out.write(piece, 0, n);
        }
        if (toServer) {
          OutputStream copy = recording;
          if (copy != null) {
            copy.write(piece, 0, n);
          }
          forwarded.addAndGet(n);
        }
      }
    } catch (IOException e) {
      // Cut, by us or by one of the two.
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private void pace(int bytes) throws IOException {
    if (bytesPerSecond != Long.MAX_VALUE) {
      try {
        TimeUnit.NANOSECONDS.sleep(1_000_000_000L * bytes / bytesPerSecond);
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone, which is what was wanted.
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    reset();
  }
}
