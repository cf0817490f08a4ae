package dev.lifeboat.agent.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers requests on a Unix domain socket that only its owner may open, each connection on a
 * virtual thread of its own. A line is 64 KiB at most. Thread-safe; closing removes the socket.
 */
public final class ControlSocket implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlSocket.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST = 64 * 1024;
  private static final String NAME = "control";

  private final Path path;
  private final ServerSocketChannel server;
  private final Function<Request, Answer> answers;

  private ControlSocket(Path path, ServerSocketChannel server, Function<Request, Answer> answers) {
    this.path = path;
    this.server = server;
    this.answers = answers;
  }

  /** Listens in the state directory; whoever holds its lock may replace a dead agent's socket. */
  public static ControlSocket open(Path stateDirectory, Function<Request, Answer> answers)
      throws IOException {
    Path path = stateDirectory.resolve(NAME);
    Files.deleteIfExists(path);
    ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
    ControlSocket socket = new ControlSocket(path, server, answers);
    Thread.ofVirtual().name("control").start(socket::accept);
    return socket;
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        Thread.ofVirtual().start(() -> serve(channel));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        LOG.warn("a request could not be taken: {}", e.getMessage());
      }
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      write(channel, JSON.writeValueAsString(answer(readLine(channel))));
    } catch (IOException e) {
      LOG.debug("a request was broken off: {}", e.getMessage());
    }
  }

  private Answer answer(String line) {
    try {
      return answers.apply(JSON.readValue(line, Request.class));
    } catch (JsonProcessingException e) {
      return Answer.failed("this is no request");
    }
  }

  /**
   * Asks the agent that runs with a state directory.
   *
   * @throws IOException if none runs, or it ended meanwhile
   */
  public static Answer ask(Path stateDirectory, Request request) throws IOException {
    var address = UnixDomainSocketAddress.of(stateDirectory.resolve(NAME));
    try (SocketChannel channel = SocketChannel.open(address)) {
      write(channel, JSON.writeValueAsString(request));
      return JSON.readValue(readLine(channel), Answer.class);
    } catch (JsonProcessingException e) {
      throw new IOException("the agent broke off its answer", e);
    } catch (IOException e) {
      throw new IOException(
          "no agent answers in " + stateDirectory + ": start it by `lifeboat-agent run`", e);
    }
  }

  private static void write(SocketChannel channel, String line) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static String readLine(SocketChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(MOST);
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      if (bytes.position() > 0 && bytes.get(bytes.position() - 1) == '\n') {
        break;
      }
    }
    return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(path);
  }
}
