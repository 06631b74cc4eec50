package dev.flotilla.client;

import com.sun.management.UnixOperatingSystemMXBean;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * The event loops that all servers and channels of one process share: epoll where the system has
 * it, NIO elsewhere. Few threads do, because nothing that blocks ever runs on them: every server
 * and channel made here calls back on its event loop directly, and callbacks only enqueue.
 *
 * <p>Close it after everything that uses it.
 */
public final class Network implements AutoCloseable {

  /** Largest message a server accepts, in bytes. Senders keep their batches well below it. */
  public static final int MAX_SERVER_INBOUND_BYTES = 8 << 20;

  /** Largest message a client accepts: a server's single reply may be larger than any request. */
  public static final int MAX_CLIENT_INBOUND_BYTES = 16 << 20;

  /** A sender closes its batch at this size unless it holds a single message. */
  public static final int BATCH_BYTES = 2 << 20;

  private static final int CONNECT_TIMEOUT_MILLIS = 1_000;

  // A host that died without a word is found in two ways: bytes it never acknowledged (the kernel's
  // user
  // timeout, seconds) and, on an idle connection, an unanswered ping.
  private static final int USER_TIMEOUT_MILLIS = 5_000;
  private static final long CLIENT_PING_SECONDS = 10;
  private static final long SERVER_PING_SECONDS = 5;
  private static final int FLOW_CONTROL_WINDOW_BYTES = 4 << 20;

  private static final int LEAST_CONNECTIONS = 32;

  private final EventLoopGroup loops;
  private final Class<? extends Channel> channelType;
  private final ConnectionLimit connectionLimit;
  private final boolean epoll;

  /**
   * Takes as many connections as a quarter of the process's descriptors, for files need some too.
   *
   * @param threads event loop threads for the whole process, at least one
   */
  public Network(int threads) {
    this(threads, aQuarterOfTheDescriptors());
  }

  /**
   * @param threads event loop threads for the whole process, at least one
   * @param mostConnections all servers together close what is opened beyond
   */
  public Network(int threads, int mostConnections) {
    if (threads < 1) {
      throw new IllegalArgumentException("event loop threads: " + threads);
    }
    epoll = Epoll.isAvailable();
    IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    loops = new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("net", true), io);
    channelType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    connectionLimit = new ConnectionLimit(mostConnections);
  }

  private static int aQuarterOfTheDescriptors() {
    long descriptors =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
            ? system.getMaxFileDescriptorCount()
            : Integer.MAX_VALUE;
    return (int) Math.clamp(descriptors / 4, LEAST_CONNECTIONS, Integer.MAX_VALUE);
  }

  private ServerChannel newServerChannel() {
    ServerChannel channel = epoll ? new EpollServerSocketChannel() : new NioServerSocketChannel();
    channel.pipeline().addLast(connectionLimit);
    return channel;
  }

  /** Connections that servers closed because too many were open. */
  public long refusedConnections() {
    return connectionLimit.refused();
  }

  /** A loop to confine something to. */
  public EventLoop nextLoop() {
    return loops.next();
  }

  /** The loop that the calling thread is, or {@link #nextLoop} when it is none of them. */
  public EventLoop currentLoop() {
    for (EventExecutor executor : loops) {
      if (executor.inEventLoop() && executor instanceof EventLoop loop) {
        return loop;
      }
    }
    return loops.next();
  }

  /** A server's builder; it has the transport's settings and no services yet. */
  public NettyServerBuilder serverBuilder(InetSocketAddress listen) {
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(listen)
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .channelFactory(this::newServerChannel)
            .directExecutor()
            .maxInboundMessageSize(MAX_SERVER_INBOUND_BYTES)
            .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
            .withOption(ChannelOption.SO_BACKLOG, 1_024)
            .permitKeepAliveWithoutCalls(true)
            .permitKeepAliveTime(1, TimeUnit.SECONDS)
            .keepAliveTime(SERVER_PING_SECONDS, TimeUnit.SECONDS)
            .keepAliveTimeout(USER_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    if (epoll) {
      builder.withChildOption(EpollChannelOption.TCP_USER_TIMEOUT, USER_TIMEOUT_MILLIS);
    }
    return builder;
  }

  /**
   * A channel's builder. All callbacks of calls on a connected channel come on {@code loop}; those
   * of calls that failed before may come on any thread.
   */
  public NettyChannelBuilder channelBuilder(NodeAddress address, EventLoop loop) {
    return address
        .withoutLookup()
        .map(NettyChannelBuilder::forAddress)
        .orElseGet(() -> NettyChannelBuilder.forAddress(address.host(), address.port()))
        .eventLoopGroup(loop)
        .channelType(channelType, InetSocketAddress.class)
        .directExecutor()
        .usePlaintext()
        // Nodes talk to each other, never through a proxy that the environment names for the web.
        .proxyDetector(target -> null)
        .disableServiceConfigLookUp()
        // gRPC's own retries would keep copies of streamed messages.
        .disableRetry()
        .maxInboundMessageSize(MAX_CLIENT_INBOUND_BYTES)
        .flowControlWindow(FLOW_CONTROL_WINDOW_BYTES)
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
        .keepAliveWithoutCalls(true)
        .keepAliveTime(CLIENT_PING_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(USER_TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Ends the event loops; waits at most two seconds. */
  @Override
  public void close() {
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
  }
}
