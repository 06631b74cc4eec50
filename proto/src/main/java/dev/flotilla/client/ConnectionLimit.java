package dev.flotilla.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes connections beyond a number, on all the server channels it is put into together. Without
 * it strangers who open connections and say nothing could use up the process's descriptors, and a
 * node that cannot open its next log segment ends as one whose disk failed.
 */
@Sharable
final class ConnectionLimit extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(ConnectionLimit.class);
  private static final long WARN_EVERY_NANOS = 60_000_000_000L;

  private final int most;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicLong warnedNanos = new AtomicLong(System.nanoTime() - WARN_EVERY_NANOS);

  /**
   * @param most connections at a time
   */
  ConnectionLimit(int most) {
    this.most = most;
  }

  @Override
  public void channelRead(ChannelHandlerContext server, Object message) {
    if (!(message instanceof Channel accepted)) {
      server.fireChannelRead(message);
      return;
    }
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      refused.incrementAndGet();
      // It belongs to no event loop yet, so nothing but its descriptor has to be given back.
      accepted.unsafe().closeForcibly();
      warn();
      return;
    }
    accepted.closeFuture().addListener(closed -> open.decrementAndGet());
    server.fireChannelRead(message);
  }

  private void warn() {
    long now = System.nanoTime();
    long last = warnedNanos.get();
    if (now - last >= WARN_EVERY_NANOS && warnedNanos.compareAndSet(last, now)) {
      log.warn(
          "{} connections are open, the most this process takes; {} were refused so far",
          most,
          refused.get());
    }
  }

  /** Connections closed because there were too many. */
  long refused() {
    return refused.get();
  }
}
