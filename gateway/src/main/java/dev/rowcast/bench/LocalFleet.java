package dev.rowcast.bench;

import dev.rowcast.base.Ticker;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * The clients of this process.
 *
 * <p>Thread-safe. A virtual thread paces new connections; everything else is done on the event
 * loops.
 */
final class LocalFleet implements Fleet {
  private final Plan plan;
  private final Ticker ticker;
  private final Shared shared;
  private final MultiThreadIoEventLoopGroup group;
  private final List<ClientLoop> loops = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();
  private final Waiter waiter = new Waiter();
  private final LoaderLoad load;
  private volatile FleetResult measured = FleetResult.NOTHING;
  private volatile Thread opener = Thread.ofVirtual().unstarted(() -> {});

  /** Makes the clients with the numbers from {@code first}; connects none. */
  LocalFleet(Plan plan, int first, int count, CommitTimes times, Ticker ticker) {
    this.plan = plan;
    this.ticker = ticker;
    shared = new Shared(plan);
    group =
        new MultiThreadIoEventLoopGroup(
            plan.settings().crowd().loops(),
            Thread.ofPlatform().daemon().name("bench-loop-", 0).factory(),
            Shared.handlers());
    group.forEach(executor ->
        loops.add(new ClientLoop((EventLoop) executor, plan, times, ticker, this::progress)));
    for (int id = first; id < first + count; id++) {
      var home = loops.get(id % loops.size());
      var client = new Client(home, shared, id);
      clients.add(client);
      home.clients().add(client);
    }
    ask(loop -> {
      loop.begin();
      return true;
    });
    load = new LoaderLoad(loops, ticker);
    load.mark();
  }

  private void progress() {
    if (waiter.isAwaited()) {
      var heard = 0L;
      for (int i = 0; i < loops.size(); i++) {
        heard += loops.get(i).heard();
      }
      waiter.heard(heard);
    }
  }

  @Override
  public Waiter waiter() {
    return waiter;
  }

  @Override
  public Snapshot snapshot() {
    return loops.stream().map(ClientLoop::shown).reduce(Snapshot.NOTHING, Snapshot::plus);
  }

  @Override
  public void order(Order order) {
    var settings = plan.settings();
    var rate =
        settings.mode() == Mode.ECHO
            ? settings.load().rate() * clients.size() / settings.crowd().amount() / loops.size()
            : 0;
    switch (order) {
      case OPEN -> open(false);
      case RETURN -> {
        if (settings.target().isResumed()) {
          tell(ClientLoop::comeBack);
        }
        open(true);
      }
      case WARM_UP -> tell(loop -> loop.speak(settings.load().warmup(), 0));
      case SPEAK -> tell(loop -> loop.speak(settings.load().all(), rate));
      case LEAVE -> {
        shared.end();
        tell(ClientLoop::leave);
      }
      case DROP -> tell(ClientLoop::drop);
      case MARK -> {
        tell(ClientLoop::mark);
        load.mark();
      }
      case MEASURED -> measured = load.measured();
    }
  }

  private void tell(Consumer<ClientLoop> what) {
    loops.forEach(loop -> loop.loop().execute(() -> what.accept(loop)));
  }

  private void open(boolean stubborn) {
    opener =
        Thread.ofVirtual()
            .name("bench-opener")
            .start(() -> {
              try {
                openAll(stubborn);
              } catch (InterruptedException _) {
                // The run is over.
              }
            });
  }

  private void openAll(boolean stubborn) throws InterruptedException {
    var crowd = plan.settings().crowd();
    var gap =
        crowd.connectRate() > 0 ? 1e9 * crowd.amount() / crowd.connectRate() / clients.size() : 0.0;
    var start = ticker.nanoTime();
    for (int i = 0; i < clients.size(); i++) {
      var due = start + (long) (i * gap);
      for (var wait = due - ticker.nanoTime();
          gap > 0 && wait > 0;
          wait = due - ticker.nanoTime()) {
        LockSupport.parkNanos(wait);
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
      }
      shared.begin();
      var client = clients.get(i);
      var home = loops.get(client.id() % loops.size());
      // Without a rate a connection is due when there is room for it.
      var asked = gap > 0 ? due : ticker.nanoTime();
      home.loop().execute(() -> client.connect(asked, stubborn));
    }
  }

  @Override
  public FleetResult result(long[] published) {
    return ask(loop -> loop.result(published)).stream().reduce(measured, FleetResult::plus);
  }

  /** Asks every loop and waits for all answers. */
  private <T> List<T> ask(java.util.function.Function<ClientLoop, T> question) {
    var answers = new ArrayList<T>();
    for (var loop : loops) {
      Callable<T> task = () -> question.apply(loop);
      try {
        answers.add(loop.loop().submit(task).get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new BenchException("interrupted", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException(e.getCause());
      }
    }
    return answers;
  }

  @Override
  public void close() {
    shared.end();
    opener.interrupt();
    tell(ClientLoop::drop);
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
