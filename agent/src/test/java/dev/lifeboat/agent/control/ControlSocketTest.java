package dev.lifeboat.agent.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.lifeboat.agent.settings.StateDirectory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ControlSocketTest {
  @TempDir Path folder;

  private static Answer echo(Request request) {
    return Answer.of(new TextNode(request.command() + "/" + request.label()));
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(UnixDomainSocketAddress.of(StateDirectory.control(folder)));
  }

  private static void send(SocketChannel channel, String text) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static String receive(SocketChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4096);
    while (channel.read(bytes) >= 0 && bytes.hasRemaining()) {
      // Up to the end of the answer.
    }
    return StandardCharsets.UTF_8.decode(bytes.flip()).toString();
  }

  private String exchange(String line) throws IOException {
    try (SocketChannel channel = connect()) {
      send(channel, line);
      return receive(channel);
    }
  }

  private void assertServes() throws IOException {
    Answer answer =
        ControlSocket.ask(folder, Request.mark("x", false, false, Duration.ofSeconds(5)));
    assertThat(answer.result().asText()).isEqualTo("mark/x");
  }

  @Test
  void onlyItsOwnerMayOpenItAndItGoesWithTheAgent() throws Exception {
    Path path = StateDirectory.control(folder);
    Files.createFile(path);
    try (ControlSocket _ = ControlSocket.open(folder, ControlSocketTest::echo)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
      assertServes();
    }
    assertThat(path).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "null\n",
        "nonsense\n",
        "[]\n",
        "7\n",
        "\"status\"\n",
        "{\"command\":\"status\"} {\"command\":\"mark\"}\n",
        "{\"command\":{\"a\":1}}\n",
        "{\"patienceMillis\":\"soon\"}\n",
        "\0\0\0\0\n",
      })
  void whatIsNoRequestIsSaidToBeNone(String line) throws Exception {
    try (ControlSocket _ = ControlSocket.open(folder, ControlSocketTest::echo)) {
      assertThat(exchange(line)).contains("\"error\":\"this is no request\"");
      assertServes();
    }
  }

  @Test
  void takesRequestsOfOtherVersions() throws Exception {
    try (ControlSocket _ = ControlSocket.open(folder, ControlSocketTest::echo)) {
      assertThat(exchange("{\"command\":\"mark\",\"label\":null,\"colour\":\"blue\"}\n"))
          .contains("\"result\":\"mark/\"");
      assertThat(exchange("{}\n")).contains("\"result\":\"/\"");
    }
  }

  @Test
  void endlessLineIsCutAndHoldsNoMemory() throws Exception {
    try (ControlSocket _ = ControlSocket.open(folder, ControlSocketTest::echo);
        SocketChannel channel = connect()) {
      byte[] junk = new byte[64 * 1024];
      Arrays.fill(junk, (byte) 'x');
      ByteBuffer bytes = ByteBuffer.wrap(junk);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      assertThat(receive(channel)).contains("this is no request");
      assertServes();
    }
  }

  @Test
  void halfLinesKeepNobodyWaiting() throws Exception {
    List<SocketChannel> hanging = new ArrayList<>();
    try (ControlSocket _ = ControlSocket.open(folder, ControlSocketTest::echo)) {
      for (int i = 0; i < 100; i++) {
        SocketChannel channel = connect();
        send(channel, "{\"command\":");
        hanging.add(channel);
      }
      assertServes();
      hanging.removeLast().close();
      try (SocketChannel half = hanging.removeLast()) {
        half.shutdownOutput();
        assertThat(receive(half)).contains("this is no request");
      }
      assertServes();
    } finally {
      for (SocketChannel channel : hanging) {
        channel.close();
      }
    }
    assertThat(StateDirectory.control(folder)).as("closed in spite of them").doesNotExist();
  }

  @Test
  void lineThatComesInPiecesIsOneRequest() throws Exception {
    try (ControlSocket _ = ControlSocket.open(folder, ControlSocketTest::echo);
        SocketChannel channel = connect()) {
      for (String piece : List.of("{\"comm", "and\":\"mark\",", "\"label\":\"y\"}", "\n")) {
        send(channel, piece);
      }
      assertThat(receive(channel)).contains("mark/y");
    }
  }

  @Test
  void failureOfAnAnswerIsAnAnswer() throws Exception {
    try (ControlSocket _ =
        ControlSocket.open(
            folder,
            _ -> {
              throw new IllegalStateException("secret inside");
            })) {
      assertThat(exchange("{\"command\":\"status\"}\n"))
          .contains("the agent could not answer")
          .doesNotContain("secret inside");
    }
  }

  @Test
  void closingEndsAnswersUnderWay() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    ControlSocket socket =
        ControlSocket.open(
            folder,
            _ -> {
              asked.countDown();
              try {
                never.await();
                return Answer.failed("never");
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Answer.failed("the agent is ending");
              }
            });
    CompletableFuture<Answer> answer =
        CompletableFuture.supplyAsync(() -> {
          try {
            return ControlSocket.ask(folder, Request.status());
          } catch (IOException e) {
            return Answer.failed(e.getMessage());
          }
        });
    asked.await();
    socket.close();
    assertThat(answer.join().error()).isEqualTo("the agent is ending");
  }

  @Test
  void saysWhenNobodyListens() {
    assertThatThrownBy(() -> ControlSocket.ask(folder, Request.status()))
        .isInstanceOf(IOException.class)
        .hasMessage("no agent answers in %s: start it by `lifeboat-agent run`", folder);
  }

  /** As an agent that was stopped by SIGSTOP: the kernel takes the connection, nobody reads. */
  @Test
  void saysWhenNobodyAnswersInTime() throws Exception {
    try (ServerSocketChannel deaf = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      deaf.bind(UnixDomainSocketAddress.of(StateDirectory.control(folder)));
      assertThatThrownBy(() ->
              ControlSocket.ask(folder, Request.mark("", false, false, Duration.ofMillis(100))))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "the agent in %s did not answer within 5 s: it hangs or is stopped, its log may say why",
              folder);
    }
  }

  @Test
  void saysWhenTheAgentEndsMeanwhile() throws Exception {
    try (ServerSocketChannel dying = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      dying.bind(UnixDomainSocketAddress.of(StateDirectory.control(folder)));
      Thread death =
          Thread.ofVirtual()
              .start(() -> {
                try (SocketChannel channel = dying.accept()) {
                  channel.read(ByteBuffer.allocate(1000));
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      assertThatThrownBy(() -> ControlSocket.ask(folder, Request.status()))
          .hasMessage("the agent ended before it had answered");
      death.join();
    }
  }

  /** What the configuration accepts as a state directory, the kernel takes. */
  @Test
  void longestStateDirectoryHasRoomForIt() throws Exception {
    Path longest = folder.resolve("d".repeat(98 - folder.toString().length() - 1));
    Files.createDirectory(longest);
    assertThat(longest.toString()).hasSize(98);
    try (ControlSocket _ = ControlSocket.open(longest, ControlSocketTest::echo)) {
      assertThat(ControlSocket.ask(longest, Request.status()).error()).isEmpty();
    }
  }

  @Test
  void labelIsOneLine() {
    assertThat(Request.isLabel("before the flood ☂")).isTrue();
    assertThat(Request.isLabel("")).isTrue();
    assertThat(Request.isLabel("a\tb")).isFalse();
    assertThat(Request.isLabel("a\nb")).isFalse();
    assertThat(Request.isLabel("x".repeat(257))).isFalse();
  }
}
