package dev.rowcast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.rowcast.config.LogSettings.Format;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

final class LoggingTest {
  private static final String FORGED =
      "room\r\n"
          + "2026-01-01T00:00:00.000Z INFO  Gateway - all is"
          + " well\u001b[2J\u009b1m\u2028\u2029\u0085\u202e\u0000\u007f";

  private static String logged(Format format, String message, @Nullable Throwable failure) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    var event =
        new LoggingEvent(
            LoggingTest.class.getName(),
            context.getLogger("dev.rowcast.bus.redis.Subscriptions"),
            Level.WARN,
            "{} is not heard",
            failure,
            new Object[] {message});
    return new String(Logging.encoder(format, context).encode(event), UTF_8);
  }

  @Test
  void aNameCannotForgeALine() {
    var line = logged(Format.TEXT, FORGED, null);

    assertThat(line)
        .matches(
            "[0-9-]{10}T[0-9:.]{12}(Z|[+-][0-9:]{5}) WARN  Subscriptions - "
                + "room\\\\r\\\\n2026-01-01T00:00:00\\.000Z INFO  Gateway - all is well"
                + "\\\\u001b\\[2J\\\\u009b1m\\\\u2028\\\\u2029\\\\u0085\\\\u202e\\\\u0000\\\\u007f"
                + " is not heard\n");
  }

  @Test
  void ordinaryTextOfAnyLanguageStaysAsItIs() {
    assertThat(logged(Format.TEXT, "Gr\u00fc\u00dfe \u65e5\u672c \ud834\udd1e \\ \"", null))
        .contains(" - Gr\u00fc\u00dfe \u65e5\u672c \ud834\udd1e \\ \" is not heard");
  }

  @Test
  void aFailuresMessageCannotForgeALineEither() {
    var failure = new IllegalStateException(FORGED, new RuntimeException(FORGED));
    failure.addSuppressed(new RuntimeException(FORGED));

    assertThat(logged(Format.TEXT, "room", failure).lines().skip(1))
        .allMatch(line ->
            line.startsWith("\tat ")
                || line.startsWith("\t... ")
                || line.startsWith("java.lang.IllegalStateException: room\\r\\n2026")
                || line.startsWith("Caused by: java.lang.RuntimeException: room\\r\\n2026")
                || line.startsWith("Suppressed: java.lang.RuntimeException: room\\r\\n2026"))
        .anyMatch(line -> line.startsWith("Caused by: "))
        .anyMatch(line -> line.startsWith("Suppressed: "));
  }

  @ParameterizedTest
  @EnumSource(Format.class)
  void anEventIsOneLine(Format format) {
    assertThat(logged(format, FORGED, null))
        .endsWith("\n")
        .containsOnlyOnce("\n")
        .doesNotContain("\r", "\u001b");
  }

  @Test
  void jsonKeepsTheNameAsItWas() {
    var line = logged(Format.JSON, FORGED, null);

    assertThat(JsonMapper.shared().readTree(line).get("formattedMessage").stringValue())
        .isEqualTo(FORGED + " is not heard");
  }
}
