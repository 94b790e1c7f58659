package dev.rowcast.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rowcast.capture.BatchHandler;
import dev.rowcast.capture.Capture;
import dev.rowcast.capture.CaptureException;
import dev.rowcast.capture.CaptureSettings.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class InstalledCaptureTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private final List<String> events = new CopyOnWriteArrayList<>();

  @Test
  void theInstalledWayIsTakenAndGivenUpForAnother() throws Exception {
    var installed = new AtomicReference<Optional<Mode>>(Optional.empty());
    var capture = new InstalledCapture(installed::get, Fake::new);
    var thread = started(capture);
    await().atMost(PATIENCE).until(() -> events.equals(List.of("TRIGGERS runs")));

    installed.set(Optional.of(Mode.WAL));

    await()
        .atMost(PATIENCE)
        .until(() -> events.equals(List.of("TRIGGERS runs", "TRIGGERS ends", "WAL runs")));
    capture.close();
    assertThat(thread.join(PATIENCE)).isTrue();
    assertThat(events).endsWith("WAL ends");
  }

  @Test
  void aDatabaseThatIsAwayLeavesItToTheCaptureToSaySo() throws Exception {
    Supplier<Optional<Mode>> away =
        () -> {
          throw new CaptureException("away", true, new IllegalStateException());
        };
    var capture = new InstalledCapture(away, Fake::new);
    var thread = started(capture);
    await().atMost(PATIENCE).until(() -> events.equals(List.of("TRIGGERS runs")));
    capture.close();
    assertThat(thread.join(PATIENCE)).isTrue();
  }

  private Thread started(Capture capture) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            capture.run(_ -> {});
          } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /** A capture that only says when it runs. */
  private final class Fake implements Capture {
    private final Mode mode;
    private final CountDownLatch closed = new CountDownLatch(1);

    Fake(Mode mode) {
      this.mode = mode;
    }

    @Override
    public void run(BatchHandler handler) throws InterruptedException {
      events.add(mode + " runs");
      closed.await();
      events.add(mode + " ends");
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }
}
