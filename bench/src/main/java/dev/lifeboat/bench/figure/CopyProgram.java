package dev.lifeboat.bench.figure;

import dev.lifeboat.wire.frame.Codec;
import dev.lifeboat.wire.frame.Frame;
import dev.lifeboat.wire.identity.Identity;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A first copy as a process of its own, so that its CPU can be told from that of the server: a pass
 * over a whole sparse image, framed, compressed and sent over TLS as an agent does, up to a point.
 */
public final class CopyProgram {

  private CopyProgram() {}

  /** Port, directory of the identity, machine, image, codec. */
  public static void main(String[] args) throws Exception {
    Identity identity = Identity.load(Path.of(args[1]));
    try (Sender sender = new Sender(Integer.parseInt(args[0]), identity, _ -> {});
        TestLog log =
            new TestLog(
                UUID.fromString(args[2]),
                SparseImage.SIZE,
                Codec.valueOf(args[4]),
                frame -> ship(sender, frame))) {
      sender.greet(log.hello());
      log.state(false);
      log.beginBase();
      SparseImage.read(
          Path.of(args[3]), (offset, bytes, length) -> log.write(offset, bytes, 0, length));
      log.endBase();
      log.state(true);
      sender.awaitUploaded(log.mark());
      System.out.println("wire bytes: " + sender.wireBytes());
    }
  }

  private static void ship(Sender sender, Frame frame) {
    try {
      sender.send(frame);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new InterruptedIOException());
    }
  }
}
