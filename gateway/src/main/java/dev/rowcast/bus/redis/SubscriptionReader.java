package dev.rowcast.bus.redis;

import dev.rowcast.base.Ticker;
import dev.rowcast.bus.BusListener;
import dev.rowcast.bus.BusMeters;
import dev.rowcast.bus.redis.Subscriptions.Asked;
import dev.rowcast.bus.redis.Subscriptions.Generation;
import dev.rowcast.redis.RespSocket;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one subscription connection until it ends, and calls the listener.
 *
 * <p>Confined to its thread. A message costs one look-up by the channel's bytes where they lie, one
 * array for the payload, and no text.
 */
final class SubscriptionReader implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SubscriptionReader.class);

  private final Subscriptions subscriptions;
  private final Generation generation;
  private final RespSocket socket;
  private final BusListener listener;
  private final BusMeters meters;
  private final Ticker ticker;
  private final ChannelName name = new ChannelName();
  private int answered;

  SubscriptionReader(
      Subscriptions subscriptions,
      Generation generation,
      BusListener listener,
      BusMeters meters,
      Ticker ticker) {
    this.subscriptions = subscriptions;
    this.generation = generation;
    this.socket = generation.socket;
    this.listener = listener;
    this.meters = meters;
    this.ticker = ticker;
  }

  @Override
  public void run() {
    socket.beforeReads(this::flush);
    try {
      while (generation.failure == null) {
        if (socket.isDrained()) {
          var first = socket.readByte();
          generation.heardAt = ticker.nanoTime();
          read(first);
        } else {
          read(socket.readByte());
        }
      }
    } catch (IOException ended) {
      generation.fail(String.valueOf(ended.getMessage()));
    } catch (RuntimeException bug) {
      LOG.error("the reader of subscriptions failed", bug);
      generation.fail("our own fault: " + bug);
    }
    flush();
    subscriptions.readerEnded();
  }

  /** Once for all that Redis sent together, or for a full buffer of it. */
  private void flush() {
    try {
      listener.flush();
    } catch (RuntimeException bug) {
      LOG.error("the listener failed", bug);
    }
  }

  private void read(int mark) throws IOException {
    switch (mark) {
      case '*' -> readPush((int) socket.readNumber());
      case '-' -> refused(socket.readLine());
      case '+' -> {
        var _ = socket.readLine();
        expect(Asked.Ping.class);
      }
      default -> throw new IOException("Redis sent a reply that begins with byte " + mark);
    }
  }

  /** The kinds differ in length, so the length is all we look at. */
  private void readPush(int parts) throws IOException {
    var kind = readName();
    switch (kind) {
      case 7 -> message();
      case 9 -> {
        var _ = readName();
        count();
        subscribed();
      }
      case 11 -> {
        var _ = readName();
        count();
        unsubscribed();
      }
      case 4 -> {
        var _ = readName();
        expect(Asked.Ping.class);
        deliverFetched();
      }
      default -> throw new IOException("Redis pushed something of " + parts + " parts unasked");
    }
  }

  private void message() throws IOException {
    var _ = readName();
    var interest = subscriptions.interest(name);
    if (interest == null) {
      var canary = subscriptions.isCanary(name);
      var token = socket.readBulk();
      if (canary) {
        subscriptions.canaryHeard(generation, token);
      }
      return;
    }
    var payload = socket.readBulk();
    if (payload.length == 0) {
      return;
    }
    var print = Fingerprint.of(payload);
    interest.seen = print;
    if (interest.kept == print) {
      interest.value = print;
    }
    interest.seenOn = generation.number;
    deliver(interest, payload);
  }

  private void deliver(Interest interest, byte[] payload) {
    meters.messagesIn.increment();
    meters.bytesIn.add(payload.length);
    try {
      listener.message(interest.topic, payload);
    } catch (RuntimeException bug) {
      LOG.error("the listener of {} failed", interest.topic, bug);
    }
  }

  /** What came by the other connection after an outage. */
  private void deliverFetched() {
    for (var next = subscriptions.nextFetched(); next != null; next = subscriptions.nextFetched()) {
      var interest = next.interest;
      var value = next.value;
      if (subscriptions.interest(interest.name) != interest
          || interest.seenOn == generation.number) {
        continue;
      }
      var print = Fingerprint.of(value);
      if (print != interest.seen && print != interest.value) {
        meters.resentValues.increment();
        deliver(interest, value);
      }
      interest.value = print;
    }
  }

  private void subscribed() throws IOException {
    switch (generation.asked.peek()) {
      case Asked.Canary _ -> {
        done();
        subscriptions.canaryReady(generation);
      }
      case Asked.Subscribe(var interests) -> {
        var interest = interests.get(answered);
        if (!interest.name.equals(name)) {
          throw new IOException("Redis acknowledged another channel than we asked for");
        }
        subscriptions.acknowledged(generation, interest);
        if (++answered == interests.size()) {
          done();
        }
      }
      case null, default -> throw new IOException("Redis acknowledged what we did not ask");
    }
  }

  private void unsubscribed() throws IOException {
    if (!(generation.asked.peek() instanceof Asked.Unsubscribe(var channels))) {
      throw new IOException("Redis acknowledged what we did not ask");
    }
    if (++answered == channels) {
      done();
    }
  }

  private void refused(String why) throws IOException {
    switch (generation.asked.peek()) {
      case Asked.Canary _ when why.startsWith("NOPERM") -> {
        done();
        subscriptions.canaryRefused(generation, why);
      }
      case Asked.Subscribe(var interests) -> {
        done();
        subscriptions.refused(interests, why);
      }
      case null, default -> throw new IOException("Redis refuses: " + why);
    }
  }

  private void expect(Class<? extends Asked> kind) throws IOException {
    if (!kind.isInstance(generation.asked.peek())) {
      throw new IOException("Redis answered what we did not ask");
    }
    done();
  }

  private void done() {
    generation.asked.poll();
    answered = 0;
  }

  private void count() throws IOException {
    var mark = socket.readByte();
    if (mark != ':') {
      throw new IOException("Redis sent byte " + mark + " where a count belongs");
    }
    var _ = socket.readNumber();
  }

  private int readName() throws IOException {
    var mark = socket.readByte();
    var length = mark == '$' ? (int) socket.readNumber() : -1;
    if (length < 0) {
      throw new IOException("Redis sent byte " + mark + " where a name belongs");
    }
    socket.readName(length, name);
    return length;
  }
}
