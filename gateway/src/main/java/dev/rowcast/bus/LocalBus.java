package dev.rowcast.bus;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Ticker;
import dev.rowcast.message.Topic;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The bus of a single node, in memory.
 *
 * <p>Thread-safe. One thread of its own calls the listener, so publishers never run fan-out and all
 * publications have one order. Between publishers and that thread is a queue bounded by bytes; when
 * it is full a publication fails at once, retryable, and nothing of it is kept.
 *
 * <p>A publication is acknowledged after the listener has been called with it. Its last value is
 * kept before anybody is looked for who hears it: who subscribes and then asks for the last value
 * meets every message in one place or the other, perhaps in both.
 */
public final class LocalBus implements Bus {
  private static final Logger LOG = LoggerFactory.getLogger(LocalBus.class);

  /** What a queued publication costs besides its payload. */
  private static final int PUBLICATION_OVERHEAD = 128;

  private static final DataSize QUEUE_BOUND = DataSize.ofMebibytes(32);
  private static final DataSize VALUES_BOUND = DataSize.ofMebibytes(64);

  private enum State {
    NEW,
    RUNNING,
    CLOSED
  }

  private static final class Publication {
    final Topic topic;
    final byte[] payload;
    final Duration keep;
    final long since;
    final CompletableFuture<Void> done = new CompletableFuture<>();

    Publication(Topic topic, byte[] payload, Duration keep, long since) {
      this.topic = topic;
      this.payload = payload;
      this.keep = keep;
      this.since = since;
    }

    long bytes() {
      return (long) PUBLICATION_OVERHEAD + payload.length;
    }
  }

  private final BusMeters meters;
  private final Ticker ticker;
  private final long queueBound;
  private final LastValues lastValues;
  private final Map<Topic, Integer> references = new ConcurrentHashMap<>();

  private final Object lock = new Object();
  private State state = State.NEW;
  private Queue<Publication> queue = new ArrayDeque<>();
  private long queuedBytes;
  private @Nullable Thread thread;

  /** A bus that queues up to 32 MiB and keeps up to 64 MiB of last values. */
  public LocalBus(BusMeters meters, Ticker ticker) {
    this(meters, QUEUE_BOUND, VALUES_BOUND, ticker);
  }

  LocalBus(BusMeters meters, DataSize queueBound, DataSize valuesBound, Ticker ticker) {
    this.meters = meters;
    this.ticker = ticker;
    this.queueBound = queueBound.bytes();
    this.lastValues = new LastValues(valuesBound, ticker);
  }

  @Override
  public void start(BusListener listener) {
    synchronized (lock) {
      if (state != State.NEW) {
        throw new IllegalStateException("a bus is started once");
      }
      state = State.RUNNING;
      thread = Thread.ofPlatform().name("rowcast-bus").daemon().start(() -> run(listener));
    }
  }

  @Override
  public CompletionStage<Void> subscribe(Topic topic) {
    synchronized (lock) {
      if (state == State.CLOSED) {
        return CompletableFuture.failedFuture(closed());
      }
      references.merge(topic, 1, Integer::sum);
      return CompletableFuture.completedFuture(null);
    }
  }

  @Override
  public void unsubscribe(Topic topic) {
    references.computeIfPresent(topic, (_, count) -> count == 1 ? null : count - 1);
  }

  @Override
  public CompletionStage<Void> publish(Topic topic, byte[] payload, Duration keep) {
    if (payload.length == 0) {
      return CompletableFuture.completedFuture(null);
    }
    var publication = new Publication(topic, payload, keep, ticker.nanoTime());
    var refusal = offer(publication);
    if (refusal != null) {
      meters.failures.increment();
      return CompletableFuture.failedFuture(refusal);
    }
    return publication.done;
  }

  @Override
  public CompletionStage<Optional<byte[]>> lastValue(Topic topic) {
    synchronized (lock) {
      if (state == State.CLOSED) {
        return CompletableFuture.failedFuture(closed());
      }
    }
    return CompletableFuture.completedFuture(lastValues.get(topic));
  }

  /** Ends the thread and waits for it, unless the listener itself calls this. */
  @Override
  public void close() {
    Queue<Publication> unheard;
    Thread running;
    synchronized (lock) {
      if (state == State.CLOSED) {
        return;
      }
      state = State.CLOSED;
      unheard = queue;
      queue = new ArrayDeque<>();
      running = thread;
      lock.notifyAll();
    }
    for (var publication : unheard) {
      meters.failures.increment();
      publication.done.completeExceptionally(closed());
    }
    if (running != null && running != Thread.currentThread()) {
      join(running);
    }
  }

  private @Nullable BusException offer(Publication publication) {
    synchronized (lock) {
      switch (state) {
        case NEW -> {
          return new BusException("the bus is not started yet", true);
        }
        case CLOSED -> {
          return closed();
        }
        case RUNNING -> {}
      }
      if (queuedBytes + publication.bytes() > queueBound && !queue.isEmpty()) {
        return new BusException(
            "the queue of the in-process bus is full (" + queuedBytes + " bytes)", true);
      }
      queuedBytes += publication.bytes();
      queue.add(publication);
      if (queue.size() == 1) {
        lock.notifyAll();
      }
      return null;
    }
  }

  private void run(BusListener listener) {
    Queue<Publication> batch = new ArrayDeque<>();
    while ((batch = exchange(batch)) != null) {
      for (var publication = batch.poll(); publication != null; publication = batch.poll()) {
        deliver(publication, listener);
      }
      flush(listener);
    }
  }

  /** Waits for publications and takes them all, leaving {@code empty} in their place. */
  private @Nullable Queue<Publication> exchange(Queue<Publication> empty) {
    synchronized (lock) {
      while (queue.isEmpty() && state == State.RUNNING) {
        try {
          lock.wait();
        } catch (InterruptedException interrupted) {
          LOG.debug("interrupted; only close() ends this thread", interrupted);
        }
      }
      if (state == State.CLOSED) {
        return null;
      }
      var taken = queue;
      queue = empty;
      queuedBytes = 0;
      return taken;
    }
  }

  private void deliver(Publication publication, BusListener listener) {
    var topic = publication.topic;
    if (publication.keep.isPositive()) {
      lastValues.put(topic, publication.payload, publication.keep);
    }
    if (references.containsKey(topic)) {
      meters.messagesIn.increment();
      meters.bytesIn.add(publication.payload.length);
      call(listener, topic, publication.payload);
    }
    meters.messagesOut.increment();
    meters.bytesOut.add(publication.payload.length);
    meters.publishLatency.record(Duration.ofNanos(ticker.nanoTime() - publication.since));
    publication.done.complete(null);
  }

  private static void call(BusListener listener, Topic topic, byte[] payload) {
    try {
      listener.message(topic, payload);
    } catch (RuntimeException bug) {
      LOG.error("the listener of {} failed", topic, bug);
    }
  }

  private static void flush(BusListener listener) {
    try {
      listener.flush();
    } catch (RuntimeException bug) {
      LOG.error("the listener failed", bug);
    }
  }

  private static BusException closed() {
    return new BusException("the bus is closed", false);
  }

  private static void join(Thread thread) {
    try {
      thread.join(Duration.ofSeconds(5));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
