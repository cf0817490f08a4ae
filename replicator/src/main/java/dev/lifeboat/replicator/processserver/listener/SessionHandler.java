package dev.lifeboat.replicator.processserver.listener;

import dev.lifeboat.wire.frame.CorruptFrameException;
import dev.lifeboat.wire.identity.IdentityException;
import dev.lifeboat.wire.identity.TlsContexts;
import dev.lifeboat.wire.protocol.Message;
import dev.lifeboat.wire.protocol.Refusal;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Netty's events into a {@link Session}. */
final class SessionHandler extends SimpleChannelInboundHandler<Message> {
  private static final Logger LOG = LoggerFactory.getLogger(SessionHandler.class);

  private final Session session;

  SessionHandler(Session session) {
    this.session = session;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
      SslHandler tls = context.pipeline().get(SslHandler.class);
      try {
        SSLSession peer = tls.engine().getSession();
        session.authenticated(TlsContexts.peerMachine(peer), TlsContexts.peerSerial(peer));
      } catch (IdentityException e) {
        LOG.warn("{}: {}", context.channel().remoteAddress(), e.getMessage());
        session.close();
      }
    }
    super.userEventTriggered(context, event);
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, Message message)
      throws CorruptFrameException {
    session.received(message);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
    session.restrain();
    super.channelWritabilityChanged(context);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    session.close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
    Throwable cause =
        failure instanceof DecoderException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof CorruptFrameException) {
      session.refuse(Refusal.MALFORMED, cause.getMessage());
      return;
    }
    if (cause instanceof SSLException || cause instanceof IOException) {
      LOG.info("{}: connection lost: {}", context.channel().remoteAddress(), cause.getMessage());
    } else {
      LOG.error("{}: connection failed", context.channel().remoteAddress(), cause);
    }
    session.close();
  }
}
