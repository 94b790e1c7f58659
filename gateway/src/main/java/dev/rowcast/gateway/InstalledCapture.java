package dev.rowcast.gateway;

import dev.rowcast.capture.BatchHandler;
import dev.rowcast.capture.Capture;
import dev.rowcast.capture.CaptureException;
import dev.rowcast.capture.CaptureSettings.Mode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Captures by the way that is installed in the database, and changes over when that changes.
 *
 * <p>{@link #run} is confined to its thread; {@link #close} is thread-safe. A second virtual thread
 * looks now and then what is installed, and ends the capture that runs when it is another: never
 * two run at once.
 */
final class InstalledCapture implements Capture {
  private static final Logger LOG = LoggerFactory.getLogger(InstalledCapture.class);
  private static final Duration USUALLY = Duration.ofSeconds(10);
  private static final Duration WHILE_NOTHING_IS = Duration.ofSeconds(2);

  private final Supplier<Optional<Mode>> installed;
  private final Function<Mode, Capture> captures;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Capture running;

  /**
   * @param installed asks the database
   * @param captures makes a capture of a mode, which is never AUTO
   */
  InstalledCapture(Supplier<Optional<Mode>> installed, Function<Mode, Capture> captures) {
    this.installed = installed;
    this.captures = captures;
  }

  @Override
  public void run(BatchHandler handler) throws InterruptedException {
    var known = Optional.<Mode>empty();
    while (closing.getCount() > 0) {
      var found = ask(known);
      // With nothing installed, the reader of the outbox says so and waits.
      var mode = found.orElse(Mode.TRIGGERS);
      known = found;
      var capture = captures.apply(mode);
      if (!begun(capture)) {
        return;
      }
      var pause = found.isPresent() ? USUALLY : WHILE_NOTHING_IS;
      var watch =
          Thread.ofVirtual().name("rowcast-capture-mode").start(() -> watch(capture, mode, pause));
      try {
        capture.run(handler);
      } finally {
        watch.interrupt();
        ended();
      }
    }
  }

  /** What is installed now; while the database does not say, what was. */
  private Optional<Mode> ask(Optional<Mode> before) {
    try {
      return installed.get();
    } catch (CaptureException unanswered) {
      LOG.debug("what is installed cannot be asked: {}", unanswered.getMessage());
      return before;
    }
  }

  private void watch(Capture capture, Mode mode, Duration pause) {
    try {
      while (true) {
        pause(pause);
        if (!isStill(mode)) {
          LOG.info("capture: another way to capture is installed now");
          capture.close();
          return;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isStill(Mode mode) {
    try {
      return installed.get().map(mode::equals).orElse(true);
    } catch (CaptureException _) {
      return true; // the capture itself says that the database is away
    }
  }

  private boolean begun(Capture capture) {
    lock.lock();
    try {
      running = capture;
      return closing.getCount() > 0;
    } finally {
      lock.unlock();
    }
  }

  private void ended() {
    lock.lock();
    try {
      running = null;
    } finally {
      lock.unlock();
    }
  }

  private void pause(Duration duration) throws InterruptedException {
    var _ = closing.await(duration.toNanos(), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closing.countDown();
      if (running != null) {
        running.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
