package dev.rowcast.capture;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.rowcast.observe.Health;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class SituationTest {
  private final Health health = new Health();
  private final Logger log = (Logger) LoggerFactory.getLogger(SituationTest.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Situation situation = new Situation(health, log, "this node reads");

  @BeforeEach
  void listen() {
    lines.start();
    log.addAppender(lines);
  }

  @AfterEach
  void leave() {
    log.detachAppender(lines);
  }

  @Test
  void readinessIsToldEachTimeAndTheLogOnlyWhatHasChanged() {
    situation.standsBy();
    situation.leads();
    situation.lags("10 rows wait");
    situation.lags("20 rows wait");
    assertThat(readiness()).isEqualTo("WARNING 20 rows wait");
    situation.leads();
    situation.leads();

    assertThat(readiness()).isEqualTo("UP leads");
    assertThat(told())
        .containsExactly(
            "INFO capture: another node leads, this one stands by",
            "INFO capture: this node reads",
            "WARN capture: 10 rows wait",
            "INFO capture: this node reads");
  }

  @Test
  void anotherReasonToBeDownIsToldAnew() {
    situation.isDown(new IllegalStateException("refused\n  by the server"));
    situation.isDown(new IllegalStateException("refused by the server"));
    situation.isDown(new IllegalStateException("gone"));
    situation.isStuck(new IllegalStateException("Redis is away"));
    situation.isStuck(new IllegalStateException("Redis is slow"));

    assertThat(readiness()).isEqualTo("DOWN Redis is slow");
    assertThat(told())
        .containsExactly(
            "WARN capture: refused by the server",
            "WARN capture: gone",
            "WARN capture: Redis is away");
  }

  private String readiness() {
    var report = health.reports().getFirst();
    assertThat(report.part()).isEqualTo("capture");
    return report.state() + " " + report.detail();
  }

  private Iterable<String> told() {
    return lines.list.stream()
        .map(line -> line.getLevel() + " " + line.getFormattedMessage())
        .toList();
  }
}
