package dev.rowcast.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.testing.WireClient.Ended;
import dev.rowcast.testing.WireClient.Frame;
import dev.rowcast.testing.WireClient.Seen;
import dev.rowcast.testing.WireClient.Silence;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Clients that do nothing wrong, and somebody who publishes to them all the while: every message
 * has to reach each of them, in its order, whatever others do meanwhile.
 *
 * <p>Each client is read by a thread of its own; a third publishes.
 */
public final class Healthy implements AutoCloseable {
  /** Where they listen. */
  public static final String FACILITY = "healthy";

  private static final String LISTEN = "/ws/" + FACILITY + "?subscribe-broadcast";
  private static final String SPEAK = "/ws/" + FACILITY + "?publish-broadcast";

  /** Said until everybody hears it; not counted. */
  private static final String BEGIN = "begin";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Speaker speaker;
  private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger published = new AtomicInteger();
  private final List<Client> clients = new ArrayList<>();
  private final List<WireClient> wires = new ArrayList<>();
  private volatile String speechless = "";

  /** Makes a WebSocket. */
  @FunctionalInterface
  public interface Entrance {
    /** Connected to this path. */
    WireClient connect(String target) throws IOException;
  }

  /** Publishes to all who listen to {@link #FACILITY}. */
  @FunctionalInterface
  public interface Speaker {
    /** In the order of the calls. */
    void say(String text) throws IOException;
  }

  /** One client and what it heard. */
  private static final class Client {
    final WireClient wire;
    final AtomicInteger heard = new AtomicInteger();
    volatile boolean listening;
    volatile String trouble = "";

    Client(WireClient wire) {
      this.wire = wire;
    }

    void listen() {
      try {
        while (trouble.isEmpty()) {
          take(wire.next(PATIENCE));
        }
      } catch (IOException e) {
        trouble = e.toString();
      }
    }

    private void take(Seen seen) throws IOException {
      switch (seen) {
        case Frame frame when frame.opcode() == Frame.CLOSE ->
            trouble = "closed with " + frame.closeCode();
        case Frame frame when frame.opcode() == Frame.PING ->
            wire.send(new Frame(true, 0, Frame.PONG, true, frame.payload()));
        case Frame frame when frame.asText().equals(BEGIN) -> listening = true;
        case Frame frame when frame.asText().equals("--heartbeat--") -> {}
        case Frame frame -> count(frame.asText());
        case Silence() -> trouble = "nothing for " + PATIENCE;
        case Ended() -> trouble = "the connection ended";
      }
    }

    private void count(String text) {
      var expected = "message " + heard.get();
      if (text.equals(expected)) {
        heard.incrementAndGet();
      } else {
        trouble = text + " instead of " + expected;
      }
    }
  }

  /** Five clients who come in here and all hear what is said there. */
  public Healthy(Entrance entrance, Speaker speaker) throws IOException {
    this.speaker = speaker;
    for (int i = 0; i < 5; i++) {
      var client = new Client(entrance.connect(LISTEN));
      clients.add(client);
      wires.add(client.wire);
      Thread.ofVirtual().start(client::listen);
    }
    await("everybody listens")
        .atMost(PATIENCE)
        .until(() -> {
          speaker.say(BEGIN);
          return clients.stream().allMatch(client -> client.listening);
        });
    var _ = publisher.scheduleWithFixedDelay(this::publish, 5, 5, TimeUnit.MILLISECONDS);
  }

  /** The same at a gateway where anyone may listen and speak; it is spoken by a WebSocket. */
  public static Healthy at(InetSocketAddress gateway) throws IOException {
    return at(gateway, gateway);
  }

  /** Who listen at one gateway to what is spoken at another. */
  public static Healthy at(InetSocketAddress listening, InetSocketAddress speaking)
      throws IOException {
    var voice = connect(speaking, SPEAK);
    var healthy = new Healthy(target -> connect(listening, target), voice::text);
    healthy.wires.add(voice);
    return healthy;
  }

  private static WireClient connect(InetSocketAddress gateway, String target) throws IOException {
    var client = WireClient.open(gateway);
    assertThat(client.upgrade(target).status()).isEqualTo(101);
    return client;
  }

  private void publish() {
    try {
      speaker.say("message " + published.getAndIncrement());
    } catch (IOException e) {
      speechless = e.toString();
    }
  }

  /** Returns when everybody has heard what is said from now on, or somebody is in trouble. */
  public void hearOn() {
    var next = published.get() + 1;
    await("a message to everybody").atMost(PATIENCE).until(() -> haveHeard(next));
    assertHealth();
  }

  /** Ends the publishing and waits until everybody has everything. */
  public void haveHeardEverything() throws InterruptedException {
    await("messages meanwhile")
        .atMost(PATIENCE)
        .until(() -> published.get() > 50 || !speechless.isEmpty());
    publisher.shutdown();
    assertThat(publisher.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    var all = published.get();
    await("every message at every healthy client").atMost(PATIENCE).until(() -> haveHeard(all));
    assertHealth();
  }

  private boolean haveHeard(int count) {
    return !speechless.isEmpty()
        || clients.stream()
            .allMatch(client -> client.heard.get() >= count || !client.trouble.isEmpty());
  }

  private void assertHealth() {
    assertThat(speechless).isEmpty();
    assertThat(clients).allSatisfy(client -> assertThat(client.trouble).isEmpty());
  }

  @Override
  public void close() throws IOException {
    publisher.shutdownNow();
    for (var wire : wires) {
      wire.close();
    }
  }
}
