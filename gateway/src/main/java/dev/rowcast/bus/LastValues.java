package dev.rowcast.bus;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Ticker;
import dev.rowcast.message.Topic;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The last value of each topic until its time is over, within a bound of bytes.
 *
 * <p>Thread-safe. When the bound is passed, the values that would end soonest go first, as Redis
 * does under {@code volatile-ttl}; a value larger than the bound is not kept at all.
 */
final class LastValues {
  /** What an entry costs besides its payload and name: objects, map node, tree node. */
  private static final int ENTRY_OVERHEAD = 160;

  private static final class Entry implements Comparable<Entry> {
    final Topic topic;
    final byte[] payload;
    final long deadline;
    final long sequence;

    Entry(Topic topic, byte[] payload, long deadline, long sequence) {
      this.topic = topic;
      this.payload = payload;
      this.deadline = deadline;
      this.sequence = sequence;
    }

    long bytes() {
      return ENTRY_OVERHEAD + 2L * topic.name().length() + payload.length;
    }

    @Override
    public int compareTo(Entry other) {
      var difference = deadline - other.deadline;
      return difference != 0 ? Long.signum(difference) : Long.compare(sequence, other.sequence);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(sequence);
    }
  }

  private final DataSize bound;
  private final Ticker ticker;
  private final Map<Topic, Entry> byTopic = new HashMap<>();
  private final TreeSet<Entry> byDeadline = new TreeSet<>();
  private long bytes;
  private long sequence;

  LastValues(DataSize bound, Ticker ticker) {
    this.bound = bound;
    this.ticker = ticker;
  }

  synchronized void put(Topic topic, byte[] payload, Duration keep) {
    var old = byTopic.get(topic);
    if (old != null) {
      remove(old);
    }
    var now = ticker.nanoTime();
    var entry = new Entry(topic, payload, now + boundedNanos(keep), sequence++);
    byTopic.put(topic, entry);
    byDeadline.add(entry);
    bytes += entry.bytes();
    while (!byDeadline.isEmpty()
        && (bytes > bound.bytes() || byDeadline.first().deadline - now <= 0)) {
      remove(byDeadline.first());
    }
  }

  synchronized Optional<byte[]> get(Topic topic) {
    var entry = byTopic.get(topic);
    if (entry == null) {
      return Optional.empty();
    }
    if (entry.deadline - ticker.nanoTime() <= 0) {
      remove(entry);
      return Optional.empty();
    }
    return Optional.of(entry.payload);
  }

  synchronized long bytes() {
    return bytes;
  }

  private void remove(Entry entry) {
    byTopic.remove(entry.topic);
    byDeadline.remove(entry);
    bytes -= entry.bytes();
  }

  /** A hundred years at most, so that differences of the clock never overflow. */
  private static long boundedNanos(Duration keep) {
    var longest = Duration.ofDays(36_500);
    return keep.compareTo(longest) > 0 ? longest.toNanos() : keep.toNanos();
  }
}
