package dev.rowcast.relay;

import dev.rowcast.bus.Bus;
import dev.rowcast.bus.BusException;
import dev.rowcast.bus.BusListener;
import dev.rowcast.message.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A bus that remembers what it was given and answers only when told to.
 *
 * <p>Thread-safe.
 */
final class ScriptedBus implements Bus {
  private final List<String> sent = new ArrayList<>();
  private final List<Duration> keeps = new ArrayList<>();
  private final Queue<CompletableFuture<Void>> unanswered = new ArrayDeque<>();
  private boolean answersAtOnce;
  private long hearing = 1;

  static ScriptedBus thatAnswersAtOnce() {
    var bus = new ScriptedBus();
    bus.answersAtOnce = true;
    return bus;
  }

  synchronized void hears(long number) {
    hearing = number;
  }

  @Override
  public synchronized long hearing() {
    return hearing;
  }

  synchronized List<String> sent() {
    return List.copyOf(sent);
  }

  synchronized List<Duration> keeps() {
    return List.copyOf(keeps);
  }

  synchronized int unanswered() {
    return unanswered.size();
  }

  void acknowledge(int count) {
    for (int i = 0; i < count; i++) {
      next().complete(null);
    }
  }

  void refuseNext() {
    next().completeExceptionally(new BusException("Redis is away", true, new Exception("test")));
  }

  private synchronized CompletableFuture<Void> next() {
    return unanswered.remove();
  }

  @Override
  public synchronized CompletionStage<Void> publish(Topic topic, byte[] payload, Duration keep) {
    sent.add(topic.name() + " " + new String(payload, StandardCharsets.UTF_8));
    keeps.add(keep);
    if (answersAtOnce) {
      return CompletableFuture.completedFuture(null);
    }
    var answer = new CompletableFuture<Void>();
    unanswered.add(answer);
    return answer;
  }

  @Override
  public void start(BusListener listener) {
    throw new UnsupportedOperationException("nobody listens here");
  }

  @Override
  public CompletionStage<Void> subscribe(Topic topic) {
    throw new UnsupportedOperationException("nobody listens here");
  }

  @Override
  public void unsubscribe(Topic topic) {
    throw new UnsupportedOperationException("nobody listens here");
  }

  @Override
  public CompletionStage<Optional<byte[]>> lastValue(Topic topic) {
    throw new UnsupportedOperationException("nothing is kept here");
  }

  @Override
  public void close() {}
}
