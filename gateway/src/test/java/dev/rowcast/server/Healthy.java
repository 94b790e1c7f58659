package dev.rowcast.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.testing.WireClient;
import dev.rowcast.testing.WireClient.Frame;
import java.io.IOException;
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
 * <p>Each client is read by a thread of its own.
 */
final class Healthy implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Rig rig;
  private final ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
  private final AtomicInteger published = new AtomicInteger();
  private final List<Client> clients = new ArrayList<>();

  /** One client and what it heard. */
  private static final class Client {
    final WireClient wire;
    final AtomicInteger heard = new AtomicInteger();
    volatile String trouble = "";

    Client(WireClient wire) {
      this.wire = wire;
    }

    void listen() {
      try {
        while (trouble.isEmpty() && wire.next(PATIENCE) instanceof Frame frame) {
          take(frame);
        }
      } catch (IOException e) {
        trouble = e.toString();
      }
    }

    private void take(Frame frame) {
      if (frame.opcode() == Frame.CLOSE) {
        trouble = "closed with " + frame.closeCode();
      } else if (frame.opcode() == Frame.TEXT && !frame.asText().equals("--heartbeat--")) {
        var expected = "message " + heard.get();
        if (frame.asText().equals(expected)) {
          heard.incrementAndGet();
        } else {
          trouble = frame.asText() + " instead of " + expected;
        }
      }
    }
  }

  Healthy(Rig rig) throws IOException {
    this.rig = rig;
    for (int i = 0; i < 5; i++) {
      var client = new Client(rig.connect("/ws/healthy?subscribe-broadcast"));
      clients.add(client);
      Thread.ofVirtual().start(client::listen);
    }
    var _ = publisher.scheduleWithFixedDelay(this::publish, 5, 5, TimeUnit.MILLISECONDS);
  }

  private void publish() {
    rig.publish("healthy", "message " + published.getAndIncrement());
  }

  /** Ends the publishing and waits until everybody has everything. */
  void haveHeardEverything() throws InterruptedException {
    await("messages meanwhile").atMost(PATIENCE).until(() -> published.get() > 50);
    publisher.shutdown();
    assertThat(publisher.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    var all = published.get();
    await("every message at every healthy client")
        .atMost(PATIENCE)
        .until(() -> clients.stream().allMatch(c -> c.heard.get() == all || !c.trouble.isEmpty()));
    assertThat(clients).allSatisfy(client -> assertThat(client.trouble).isEmpty());
  }

  @Override
  public void close() {
    publisher.shutdownNow();
  }
}
