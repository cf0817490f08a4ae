package dev.lifeboat.wire.protocol;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;

/**
 * Stands behind the codec. Closes a connection that did not agree on the protocol's name, or whose
 * first message does not come in time; lets nothing through before the handshake.
 */
final class ConnectionGate extends ChannelInboundHandlerAdapter {
  private final Duration firstMessage;
  private boolean open;
  private Future<?> timer;

  ConnectionGate(Duration firstMessage) {
    this.firstMessage = firstMessage;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof SslHandshakeCompletionEvent handshake && handshake.isSuccess()) {
      String agreed = context.pipeline().get(SslHandler.class).applicationProtocol();
      if (!Pipelines.ALPN.equals(agreed)) {
        refuse(context, "the peer does not speak " + Pipelines.ALPN);
        return;
      }
      open = true;
      String late = "no message within " + firstMessage.toSeconds() + " s";
      timer =
          context
              .executor()
              .schedule(
                  () -> refuse(context, late), firstMessage.toMillis(), TimeUnit.MILLISECONDS);
    }
    context.fireUserEventTriggered(event);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!open) {
      ReferenceCountUtil.release(message);
      return;
    }
    stopTimer();
    context.fireChannelRead(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    stopTimer();
    context.fireChannelInactive();
  }

  private static void refuse(ChannelHandlerContext context, String why) {
    context.fireExceptionCaught(new SSLHandshakeException(why));
    ChannelFuture _ = context.close();
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
