package dev.rowcast.server;

import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Ticker;
import dev.rowcast.hub.Loop;
import dev.rowcast.observe.Health;
import dev.rowcast.observe.Metrics;
import dev.rowcast.session.LiveReaders;
import dev.rowcast.session.LiveSockets;
import dev.rowcast.session.Sessions;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listening sockets, the event loops and what happens on them.
 *
 * <p>Thread-safe; started once and closed once.
 */
public final class Server implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  /** How much longer than the drain itself a client's answer to the close is waited for. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final Door door;
  private final Optional<Certificates> certificates;
  private final Health.Probe probe;
  private final LongAdder acceptFailures;
  private final ServerSettings settings;
  private final Ticker ticker;
  private final Transport transport;
  private final EventLoopGroup group;
  private final Map<EventExecutor, LoopDoor> loops = new HashMap<>();
  private final List<Channel> listeners = new ArrayList<>();
  private final AtomicBoolean running = new AtomicBoolean();

  /**
   * A server that is not started yet.
   *
   * @throws ServerException when this machine lacks the transport asked for, or the certificate
   *     cannot be used
   */
  public Server(
      Sessions sessions,
      HttpPages pages,
      Metrics metrics,
      Health health,
      ServerSettings settings,
      Ticker ticker) {
    this.door = new Door(sessions, pages, metrics, settings, ticker);
    this.certificates = settings.tls().map(tls -> new Certificates(tls, health.part("tls")));
    this.probe = health.part("server");
    this.acceptFailures =
        metrics.counter("rowcast.accept.failures", "Times a connection could not be accepted");
    this.settings = settings;
    this.ticker = ticker;
    this.transport = Transport.of(settings.transport().kind());
    var wanted = settings.transport().loops();
    this.group =
        new MultiThreadIoEventLoopGroup(
            wanted > 0 ? wanted : Runtime.getRuntime().availableProcessors(),
            new DefaultThreadFactory("rowcast-loop"),
            transport.handlers());
    for (var loop : group) {
      loops.put(loop, loopDoor((EventLoop) loop, sessions, ticker));
    }
  }

  private LoopDoor loopDoor(EventLoop loop, Sessions sessions, Ticker ticker) {
    return new LoopDoor(
        loop,
        sessions.onLoop(asLoop(loop), PooledByteBufAllocator.DEFAULT),
        settings.limits().request().timeout(),
        ticker);
  }

  /** Before {@link #start}: also answers {@code /live}. */
  public void serve(LiveReaders live) {
    door.serve(live);
    loops.forEach((loop, each) -> each.serve(live.onLoop(asLoop(loop))));
  }

  /** Before {@link #start}: {@code /live} is also a WebSocket. */
  public void serve(LiveSockets live) {
    loops.forEach((loop, each) ->
        each.serve(live.onLoop(each.sessions(), asLoop(loop), PooledByteBufAllocator.DEFAULT)));
  }

  private static Loop asLoop(EventExecutor loop) {
    return new Loop() {
      @Override
      public void execute(Runnable task) {
        loop.execute(task);
      }

      // What is run behind an iteration runs again and again before the next; so it only asks.
      @Override
      public void executeAfterIo(Runnable task) {
        ((SingleThreadEventLoop) loop).executeAfterEventLoopIteration(() -> loop.execute(task));
      }

      @Override
      public void executeAfter(long nanos, Runnable task) {
        var _ = loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
      }

      @Override
      public boolean inLoop() {
        return loop.inEventLoop();
      }
    };
  }

  /**
   * Listens on every address and returns.
   *
   * @throws ServerException when one cannot be listened on; none is then
   */
  public void start() {
    try {
      for (var endpoint : settings.listen()) {
        listeners.add(bind(endpoint, false));
      }
      settings.admin().listen().ifPresent(endpoint -> listeners.add(bind(endpoint, true)));
    } catch (ServerException e) {
      close();
      throw e;
    }
    running.set(true);
    loops.values().forEach(LoopDoor::start);
    certificates.ifPresent(Certificates::start);
    probe.up("listening on " + endpoints() + " by " + transport.name());
    log.info("listening on {} by {}, {} loops", endpoints(), transport.name(), loops.size());
    if (door.limit().most() < settings.limits().connections()) {
      log.warn(
          "limits.connections is {}, yet this process may open too few files for it: from {} on"
              + " connections are refused; see ulimit -n",
          settings.limits().connections(),
          door.limit().most());
    }
  }

  private Channel bind(Endpoint endpoint, boolean forOperators) {
    var bound =
        new ServerBootstrap()
            .group(group)
            .channel(transport.listener())
            .handler(new Arrivals(door))
            .option(ChannelOption.SO_BACKLOG, settings.transport().backlog())
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .childHandler(arrival(forOperators))
            .bind(address(endpoint))
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new ServerException(
          "cannot listen on " + endpoint + ": " + bound.cause().getMessage(), bound.cause());
    }
    bound.channel().pipeline().addLast("failures", new AcceptFailures(acceptFailures, ticker));
    return bound.channel();
  }

  private static InetSocketAddress address(Endpoint endpoint) {
    return new InetSocketAddress(endpoint.host(), endpoint.port());
  }

  private ChannelInitializer<Channel> arrival(boolean forOperators) {
    var tuning = settings.transport();
    return new ChannelInitializer<>() {
      @Override
      protected void initChannel(Channel channel) {
        if (tuning.sendBuffer().bytes() > 0) {
          channel.config().setOption(ChannelOption.SO_SNDBUF, (int) tuning.sendBuffer().bytes());
        }
        transport.limitUnsent(channel, tuning.unsent().bytes());
        var loop = Objects.requireNonNull(loops.get(channel.eventLoop()));
        certificates.ifPresent(pair ->
            channel
                .pipeline()
                .addLast("meter", new WireMeter())
                .addLast("tls", pair.handler(channel.alloc())));
        channel.pipeline().addLast("door", new DoorHandler(door, loop, forOperators));
      }
    };
  }

  /** Looks at the certificate's files at once; see {@link Certificates}. */
  public void reload() {
    certificates.ifPresent(Certificates::reload);
  }

  /** The port of the first address, after {@link #start}. */
  public int port() {
    return endpoints().getFirst().port();
  }

  /**
   * All addresses with their real ports, in the order of the settings, that of operators last;
   * after {@link #start}.
   */
  public List<Endpoint> endpoints() {
    return listeners.stream()
        .map(listener -> (InetSocketAddress) listener.localAddress())
        .map(address -> new Endpoint(address.getAddress().getHostAddress(), address.getPort()))
        .toList();
  }

  /** How many WebSockets are open. */
  public int open() {
    return door.limit().connections();
  }

  /**
   * Open WebSockets that fit, at most so many; asks every loop and waits for its answer, hence
   * never on one.
   */
  public List<ConnectionReport> connections(Predicate<ConnectionReport> fits, int atMost) {
    var asked = loops.values().stream().map(loop -> loop.connections(fits, atMost)).toList();
    return asked.stream().flatMap(answer -> answer.join().stream()).limit(atMost).toList();
  }

  /**
   * Stops accepting, ends every connection with 1001 spread over {@code drain}, and waits for that,
   * a little longer at most. Closing again does nothing.
   */
  @Override
  public void close() {
    probe.down("stopping");
    certificates.ifPresent(Certificates::close);
    if (running.getAndSet(false)) {
      drain();
    }
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(3000);
  }

  private void drain() {
    listeners.forEach(listener -> listener.close().awaitUninterruptibly());
    loops.values().forEach(loop -> loop.drain(settings.drain()));
    awaitDrained();
  }

  private void awaitDrained() {
    var until = ticker.nanoTime() + settings.drain().plus(GRACE).toNanos();
    try {
      for (var loop : loops.values()) {
        if (!loop.drained().await(until - ticker.nanoTime(), TimeUnit.NANOSECONDS)) {
          log.info("some clients did not answer the close in time");
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
