package dev.rowcast.bus.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rowcast.base.Backoff;
import dev.rowcast.base.Ticker;
import dev.rowcast.bus.BusException;
import dev.rowcast.bus.BusListener;
import dev.rowcast.bus.BusMeters;
import dev.rowcast.message.Topic;
import dev.rowcast.redis.Link;
import dev.rowcast.redis.RedisTarget;
import dev.rowcast.redis.RedisTimes;
import dev.rowcast.redis.RespSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this node listens to, and the connection on which it does.
 *
 * <p>Thread-safe. Callers only write down what they want. One virtual thread, the writer, connects,
 * and turns what is wanted into SUBSCRIBE and UNSUBSCRIBE, as many channels a command as there are
 * to name. One platform thread a connection, the reader ({@link SubscriptionReader}), hears Redis
 * and calls the listener.
 *
 * <p>After an outage the values that may have been missed are fetched on the command connection and
 * handed to the reader, which delivers those that differ from what the topic has last seen, unless
 * a newer message has come meanwhile. So the listener keeps its one thread and its order.
 */
final class Subscriptions {
  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

  /** How many channels one SUBSCRIBE or UNSUBSCRIBE names, and one round of GETs asks for. */
  static final int BATCH = 512;

  private final RedisTarget target;
  private final ChannelName canary;
  private final Commands commands;
  private final Link link;
  private final RedisTimes times;
  private final BusMeters meters;
  private final Backoff backoff;
  private final Ticker ticker;

  /** By channel; changed under the lock, read by the reader without it. */
  private final Map<ChannelName, Interest> interests = new ConcurrentHashMap<>();

  /** Fetched after an outage, for the reader. */
  private final Queue<Fetched> fetched = new ConcurrentLinkedQueue<>();

  private final Object lock = new Object();
  private Set<ChannelName> dirty = new LinkedHashSet<>();
  private final LinkedHashSet<Interest> missed = new LinkedHashSet<>();
  private List<Interest> alone = new ArrayList<>();
  private boolean pingDue;
  private boolean closed;

  private volatile @Nullable Generation generation;
  private @Nullable Thread writer;

  /** A last value, and whose. */
  static final class Fetched {
    final Interest interest;
    final byte[] value;

    Fetched(Interest interest, byte[] value) {
      this.interest = interest;
      this.value = value;
    }
  }

  /** What was written and not yet answered, in order. */
  sealed interface Asked {
    /** SUBSCRIBE; answered once a channel, or by one error. */
    record Subscribe(List<Interest> interests) implements Asked {}

    /** UNSUBSCRIBE; answered once a channel. */
    record Unsubscribe(int channels) implements Asked {}

    /** SUBSCRIBE of the canary. */
    record Canary() implements Asked {}

    /** PING. */
    record Ping() implements Asked {}
  }

  /** One connection while it lasts. */
  static final class Generation {
    final long number;
    final RespSocket socket;
    final Queue<Asked> asked = new ConcurrentLinkedQueue<>();

    volatile boolean established;
    volatile boolean canaryRefused;

    /** Whether all that the connection before this one heard is heard again. */
    volatile boolean whole;

    volatile long heardAt;
    volatile long canaryHeard;
    volatile long canaryAcknowledged;
    volatile @Nullable String failure;

    /* The watch's. */
    final long since;
    long canarySent;
    long canarySentAt;
    long suspected;
    long suspectedAt;

    /* Guarded by the lock of Subscriptions: fetching rounds under way. */
    final AtomicInteger fetching = new AtomicInteger();

    Generation(long number, RespSocket socket, long now) {
      this.number = number;
      this.socket = socket;
      this.since = now;
      this.heardAt = now;
    }

    /** Ends the connection; the first reason stays. */
    void fail(String why) {
      if (failure == null) {
        failure = why;
      }
      socket.close();
    }
  }

  Subscriptions(
      RedisTarget target,
      ChannelName canary,
      Commands commands,
      Link link,
      RedisTimes times,
      BusMeters meters,
      Backoff backoff,
      Ticker ticker) {
    this.target = target;
    this.canary = canary;
    this.commands = commands;
    this.link = link;
    this.times = times;
    this.meters = meters;
    this.backoff = backoff;
    this.ticker = ticker;
  }

  void start(BusListener listener) {
    writer = Thread.ofVirtual().name("rowcast-bus-subscriptions").start(() -> run(listener));
  }

  /** One more reference to the topic; completes when it is heard. */
  CompletionStage<Void> add(Topic topic, ChannelName name) {
    synchronized (lock) {
      if (closed) {
        return CompletableFuture.failedFuture(RedisBus.closedFailure());
      }
      var interest = interests.get(name);
      if (interest == null) {
        interest = new Interest(topic, name);
        interests.put(name, interest);
        dirty.add(name);
        lock.notifyAll();
      }
      interest.references++;
      return interest.ready.minimalCompletionStage();
    }
  }

  /** One reference less. */
  void remove(ChannelName name) {
    synchronized (lock) {
      var interest = interests.get(name);
      if (interest == null || --interest.references > 0) {
        return;
      }
      interests.remove(name);
      missed.remove(interest);
      dirty.add(name);
      lock.notifyAll();
    }
  }

  /** The topic's last value has been given to somebody here and need not be sent again. */
  void gave(byte[] name, byte[] value) {
    var interest = interests.get(new ChannelName(name));
    if (interest != null) {
      interest.value = Fingerprint.of(value);
    }
  }

  /** We have published this as the topic's last value; whether it was heard is another matter. */
  void kept(byte[] name, byte[] value) {
    var interest = interests.get(new ChannelName(name));
    if (interest == null) {
      return;
    }
    var print = Fingerprint.of(value);
    interest.kept = print;
    if (interest.seen == print) {
      interest.value = print;
    }
  }

  /** Asks for signs of life, and ends a connection that gives none. */
  void watch() {
    var current = generation;
    if (current == null) {
      return;
    }
    var now = ticker.nanoTime();
    if (!current.established) {
      if (now - current.since > times.connect().plus(times.answer()).toNanos()) {
        current.fail("not ready within " + times.connect().plus(times.answer()).toMillis() + " ms");
      }
      return;
    }
    if (now - current.heardAt > times.ping().plus(times.answer()).toNanos()) {
      current.fail("nothing heard for " + times.answer().toMillis() + " ms");
      return;
    }
    if (now - current.canarySentAt >= times.ping().toNanos()) {
      current.canarySentAt = now;
      sing(current);
    }
    suspect(current, now);
  }

  void forgive() {
    var current = generation;
    if (current != null) {
      current.heardAt = ticker.nanoTime();
      current.suspected = 0;
    }
  }

  void close() throws InterruptedException {
    List<CompletableFuture<Void>> waiting;
    synchronized (lock) {
      closed = true;
      waiting = interests.values().stream().map(interest -> interest.ready).toList();
      interests.clear();
      lock.notifyAll();
    }
    waiting.forEach(stage -> stage.completeExceptionally(RedisBus.closedFailure()));
    var current = generation;
    if (current != null) {
      current.fail("closed");
    }
    var running = writer;
    if (running != null) {
      running.interrupt();
      running.join(Duration.ofSeconds(5));
    }
  }

  /* What the reader calls. */

  @Nullable Interest interest(ChannelName name) {
    return interests.get(name);
  }

  boolean isCanary(ChannelName name) {
    return canary.equals(name);
  }

  void canaryHeard(Generation current, byte[] token) {
    try {
      current.canaryHeard = Long.parseLong(new String(token, US_ASCII));
    } catch (NumberFormatException foreign) {
      LOG.debug("somebody else published on our canary", foreign);
    }
  }

  /**
   * Tells one connection's hearing from another's; 0 until everything that was heard before is
   * heard again.
   */
  long hearing() {
    var current = generation;
    if (current == null || !current.established || current.failure != null) {
      return 0;
    }
    if (!current.whole) {
      synchronized (lock) {
        for (var interest : interests.values()) {
          if (interest.acknowledged && interest.acknowledgedOn != current.number) {
            return 0;
          }
        }
      }
      current.whole = true;
    }
    return current.number;
  }

  void canaryReady(Generation current) {
    current.established = true;
    link.up();
  }

  void canaryRefused(Generation current, String why) {
    current.canaryRefused = true;
    LOG.warn(
        "{} does not let us check the subscription with a message of our own: {}", target, why);
    canaryReady(current);
  }

  void acknowledged(Generation current, Interest interest) {
    CompletableFuture<Void> ready;
    synchronized (lock) {
      if (interests.get(interest.name) != interest) {
        return;
      }
      interest.acknowledgedOn = current.number;
      if (interest.acknowledged) {
        missed.add(interest);
        lock.notifyAll();
      }
      interest.acknowledged = true;
      ready = interest.ready;
    }
    ready.complete(null);
  }

  /**
   * Redis refuses a SUBSCRIBE: of several channels each is tried alone, a single one is given up.
   */
  void refused(List<Interest> refused, String why) throws IOException {
    if (!why.startsWith("NOPERM")) {
      throw new IOException("Redis refuses to let us listen: " + why);
    }
    if (refused.size() > 1) {
      synchronized (lock) {
        alone.addAll(refused);
        lock.notifyAll();
      }
      return;
    }
    var interest = refused.getFirst();
    LOG.warn("{} does not let us listen to {}: {}", target, interest.topic, why);
    interest.ready.completeExceptionally(
        new BusException("cannot subscribe to " + interest.topic + ": " + why, false));
  }

  /** The connection is over; the writer need not wait for anything to write. */
  void readerEnded() {
    synchronized (lock) {
      lock.notifyAll();
    }
  }

  @Nullable Fetched nextFetched() {
    return fetched.poll();
  }

  /* The writer's thread. */

  private void run(BusListener listener) {
    for (var number = 1L; !isClosed(); number++) {
      var since = ticker.nanoTime();
      try {
        var reason = serve(number, listener);
        if (isClosed()) {
          return;
        }
        link.away(reason);
        if (ticker.nanoTime() - since > times.stable().toNanos()) {
          backoff.reset();
        }
        backoff.pause();
      } catch (InterruptedException end) {
        return;
      }
    }
  }

  /** Connects and serves until the connection ends; gives the reason. */
  private String serve(long number, BusListener listener) throws InterruptedException {
    Generation current;
    try {
      var node = RespSocket.resolve(target, times.connect());
      current = new Generation(number, new RespSocket(node, target), ticker.nanoTime());
    } catch (IOException away) {
      return String.valueOf(away.getMessage());
    }
    generation = current;
    var reader = new SubscriptionReader(this, current, listener, meters, ticker);
    var thread = Thread.ofPlatform().name("rowcast-bus-reader").daemon().unstarted(reader);
    try {
      current.socket.open(times.connect());
      thread.start();
      write(current);
    } catch (IOException broken) {
      current.fail(String.valueOf(broken.getMessage()));
    } finally {
      current.socket.close();
      if (thread.getState() != Thread.State.NEW) {
        thread.join(Duration.ofSeconds(5));
      }
      generation = null;
      forgetReadiness();
    }
    return String.valueOf(current.failure);
  }

  private void write(Generation current) throws IOException, InterruptedException {
    var onWire = new HashSet<ChannelName>();
    current.asked.add(new Asked.Canary());
    send(current, "SUBSCRIBE", List.of(canary));
    synchronized (lock) {
      dirty = new LinkedHashSet<>(interests.keySet());
      alone = new ArrayList<>();
    }
    while (current.failure == null) {
      Set<ChannelName> changed;
      boolean ping;
      List<Interest> fetch;
      List<Interest> single;
      synchronized (lock) {
        while (!closed && current.failure == null && !hasWork(current)) {
          lock.wait(times.ping().toMillis());
        }
        if (closed) {
          return;
        }
        changed = dirty;
        dirty = new LinkedHashSet<>();
        ping = pingDue;
        pingDue = false;
        fetch = takeMissed(current);
        single = alone;
        alone = new ArrayList<>();
      }
      settle(current, changed, onWire);
      for (var interest : single) {
        if (interests.get(interest.name) == interest) {
          subscribe(current, List.of(interest));
        }
      }
      fetch(current, fetch);
      if (ping) {
        current.asked.add(new Asked.Ping());
        current.socket.write(RespSocket.command("PING"));
      }
    }
  }

  private void settle(Generation current, Set<ChannelName> changed, Set<ChannelName> onWire)
      throws IOException {
    var wanted = new ArrayList<Interest>();
    var unwanted = new ArrayList<ChannelName>();
    for (var name : changed) {
      var interest = interests.get(name);
      if (interest == null) {
        if (onWire.remove(name)) {
          unwanted.add(name);
        }
      } else if (interest.askedOn != current.number) {
        interest.askedOn = current.number;
        onWire.add(name);
        wanted.add(interest);
      }
    }
    for (var from = 0; from < unwanted.size(); from += BATCH) {
      var batch = unwanted.subList(from, Math.min(from + BATCH, unwanted.size()));
      current.asked.add(new Asked.Unsubscribe(batch.size()));
      send(current, "UNSUBSCRIBE", batch);
    }
    for (var from = 0; from < wanted.size(); from += BATCH) {
      subscribe(current, List.copyOf(wanted.subList(from, Math.min(from + BATCH, wanted.size()))));
    }
  }

  private void subscribe(Generation current, List<Interest> wanted) throws IOException {
    current.asked.add(new Asked.Subscribe(wanted));
    send(current, "SUBSCRIBE", wanted.stream().map(interest -> interest.name).toList());
  }

  private static void send(Generation current, String verb, List<ChannelName> names)
      throws IOException {
    var command = new RespSocket.RespCommand(1 + names.size());
    command.add(verb.getBytes(US_ASCII));
    for (var name : names) {
      command.add(name.bytes());
    }
    current.socket.write(command.bytes());
  }

  private boolean hasWork(Generation current) {
    return pingDue || !dirty.isEmpty() || !alone.isEmpty() || canFetch(current);
  }

  private boolean canFetch(Generation current) {
    return !missed.isEmpty() && current.fetching.get() == 0 && commands.isConnected();
  }

  private List<Interest> takeMissed(Generation current) {
    if (!canFetch(current)) {
      return List.of();
    }
    var taken = new ArrayList<Interest>();
    for (var each = missed.iterator(); each.hasNext() && taken.size() < BATCH; ) {
      taken.add(each.next());
      each.remove();
    }
    current.fetching.set(taken.size());
    return taken;
  }

  private void fetch(Generation current, List<Interest> wanted) {
    for (var interest : wanted) {
      var _ =
          commands
              .get(interest.name.bytes())
              .whenComplete((value, failure) -> {
                if (failure == null && value.isPresent()) {
                  fetched.add(new Fetched(interest, value.get()));
                }
                fetchedOne(current, interest, failure);
              });
    }
  }

  private void fetchedOne(Generation current, Interest interest, @Nullable Throwable failure) {
    synchronized (lock) {
      if (failure != null && interests.get(interest.name) == interest) {
        missed.add(interest);
      }
      if (current.fetching.decrementAndGet() == 0) {
        // The reader sits in a read: Redis's answer to a PING is what wakes it.
        pingDue = true;
        if (failure == null) {
          lock.notifyAll();
        }
      }
    }
  }

  /** The connection is gone: whoever subscribes now, even to a known topic, waits for the next. */
  private void forgetReadiness() {
    synchronized (lock) {
      for (var interest : interests.values()) {
        if (interest.ready.isDone()) {
          interest.ready = new CompletableFuture<>();
        }
      }
    }
  }

  private boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  /* The watch's. */

  private void sing(Generation current) {
    synchronized (lock) {
      pingDue = true;
      lock.notifyAll();
    }
    if (current.canaryRefused || !commands.isConnected()) {
      return;
    }
    var token = ++current.canarySent;
    var _ =
        commands
            .publish(canary.bytes(), Long.toString(token).getBytes(US_ASCII))
            .whenComplete((receivers, failure) -> sung(current, token, receivers, failure));
  }

  private void sung(
      Generation current, long token, @Nullable Long receivers, @Nullable Throwable failure) {
    if (failure instanceof BusException refusal && !refusal.retryable()) {
      current.canaryRefused = true;
      LOG.warn("cannot check the subscription: {}", refusal.getMessage());
    } else if (receivers != null && receivers == 0) {
      deaf(current, "Redis knows nothing of our subscription");
    } else if (failure == null) {
      current.canaryAcknowledged = token;
    }
  }

  /** A canary that Redis has acknowledged must be heard while nothing else is. */
  private void suspect(Generation current, long now) {
    if (current.canaryHeard >= current.suspected) {
      var acknowledged = current.canaryAcknowledged;
      current.suspected = acknowledged > current.canaryHeard ? acknowledged : 0;
      current.suspectedAt = now;
      return;
    }
    var waited = now - current.suspectedAt;
    var quiet = now - current.heardAt;
    var deaf = times.deaf().toNanos();
    if (waited > deaf && (quiet > deaf || waited > 10 * deaf)) {
      deaf(current, "our own message was not heard");
    }
  }

  private void deaf(Generation current, String why) {
    if (current.failure == null) {
      meters.deafRebuilds.increment();
      current.fail("deaf: " + why);
    }
  }
}
