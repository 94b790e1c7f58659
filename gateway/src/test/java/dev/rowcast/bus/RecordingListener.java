package dev.rowcast.bus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.rowcast.message.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Remembers everything it hears, in order.
 *
 * <p>Thread-safe.
 */
public final class RecordingListener implements BusListener {
  private final Map<Topic, List<byte[]>> messages = new HashMap<>();
  private final Set<Thread> threads = new HashSet<>();
  private boolean failNext;
  private int unflushed;

  @Override
  public synchronized void message(Topic topic, byte[] payload) {
    threads.add(Thread.currentThread());
    unflushed++;
    messages.computeIfAbsent(topic, _ -> new ArrayList<>()).add(payload);
    if (failNext) {
      failNext = false;
      throw new IllegalStateException("as the test asked");
    }
  }

  @Override
  public synchronized void flush() {
    threads.add(Thread.currentThread());
    unflushed = 0;
  }

  /** How many messages came since the last flush. */
  public synchronized int unflushed() {
    return unflushed;
  }

  /** The next message makes this throw. */
  public synchronized void failOnce() {
    failNext = true;
  }

  /** The payloads of a topic so far. */
  public synchronized List<byte[]> payloads(Topic topic) {
    return List.copyOf(messages.getOrDefault(topic, List.of()));
  }

  /** The payloads of a topic so far, as text. */
  public List<String> texts(Topic topic) {
    return payloads(topic).stream().map(payload -> new String(payload, UTF_8)).toList();
  }

  /** How many messages of all topics so far. */
  public synchronized int count() {
    return messages.values().stream().mapToInt(List::size).sum();
  }

  /** The threads that have called. */
  public synchronized Set<Thread> threads() {
    return Set.copyOf(threads);
  }

  /** Returns when a topic has had so many messages. */
  public void awaitCount(Topic topic, int count) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(10))
        .until(() -> payloads(topic).size() >= count);
  }

  /** Returns when a topic's latest message is this text. */
  public void awaitText(Topic topic, String text) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(10))
        .until(() -> !payloads(topic).isEmpty() && texts(topic).getLast().equals(text));
  }
}
