package dev.lifeboat.wire.protocol;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;

/**
 * Lays the pipes of a connection: TLS, codec, gate. Behind them the caller puts its own handler,
 * which receives {@link Message}s, and the TLS handshake's event first. It closes the channel on an
 * exception.
 */
public final class Pipelines {
  /** The name of the protocol in TLS. */
  public static final String ALPN = "lifeboat/1";

  /** The port of a process server if none is set. */
  public static final int PORT = 9443;

  /** A guest under load is slow: neither the handshake nor the first message is hurried. */
  public static final Duration PATIENCE = Duration.ofSeconds(45);

  private Pipelines() {}

  /** The server's end of an accepted connection. */
  public static MessageDecoder server(Channel channel, SslContext tls, Duration patience) {
    return lay(channel, tls.newHandler(channel.alloc()), Side.SERVER, patience);
  }

  /** The agent's end; the server's certificate must carry the name. */
  public static MessageDecoder agent(
      Channel channel, SslContext tls, String name, int port, Duration patience) {
    return lay(channel, tls.newHandler(channel.alloc(), name, port), Side.AGENT, patience);
  }

  private static MessageDecoder lay(Channel channel, SslHandler tls, Side side, Duration patience) {
    tls.setHandshakeTimeoutMillis(patience.toMillis());
    MessageDecoder decoder = new MessageDecoder(side);
    ChannelPipeline pipeline = channel.pipeline();
    pipeline.addLast("tls", tls);
    pipeline.addLast("decoder", decoder);
    pipeline.addLast("encoder", new MessageEncoder());
    pipeline.addLast("gate", new ConnectionGate(patience));
    return decoder;
  }
}
