package dev.rowcast.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/**
 * Writes an event as one line for people, and its failure's stack below it.
 *
 * <p>Thread-safe, as its formatter is.
 *
 * <p>Whatever strangers can put into an event, the name of a facility or what a server said, stays
 * within its line: a character that ends a line, moves a terminal's cursor or turns the direction
 * of writing is written as its number. A line that begins with a time is therefore always one of
 * ours.
 */
final class TextEncoder extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = {};

  private final DateTimeFormatter time =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSXXX").withZone(ZoneId.systemDefault());

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    var logger = event.getLoggerName();
    var line =
        new StringBuilder(160)
            .append(time.format(event.getInstant()))
            .append(' ')
            .append(String.format("%-5s", event.getLevel()))
            .append(' ')
            .append(logger.substring(logger.lastIndexOf('.') + 1))
            .append(" - ");
    escape(event.getFormattedMessage(), line);
    line.append('\n');
    if (event.getThrowableProxy() != null) {
      stack("", event.getThrowableProxy(), line);
    }
    return line.toString().getBytes(UTF_8);
  }

  private static void stack(String relation, IThrowableProxy failure, StringBuilder to) {
    to.append(relation).append(failure.getClassName());
    if (failure.getMessage() != null) {
      to.append(": ");
      escape(failure.getMessage(), to);
    }
    to.append('\n');
    var frames = failure.getStackTraceElementProxyArray();
    for (int i = 0; i < frames.length - failure.getCommonFrames(); i++) {
      to.append("\tat ").append(frames[i].getStackTraceElement()).append('\n');
    }
    if (failure.getCommonFrames() > 0) {
      to.append("\t... ").append(failure.getCommonFrames()).append(" more\n");
    }
    for (var suppressed : failure.getSuppressed()) {
      stack("Suppressed: ", suppressed, to);
    }
    if (failure.getCause() != null && !failure.isCyclic()) {
      stack("Caused by: ", failure.getCause(), to);
    }
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  /** Writes a text without anything that is more than a character on its line. */
  static void escape(String text, StringBuilder to) {
    text.codePoints()
        .forEach(c -> {
          if (isPlain(c)) {
            to.appendCodePoint(c);
          } else {
            switch (c) {
              case '\n' -> to.append("\\n");
              case '\r' -> to.append("\\r");
              case '\t' -> to.append("\\t");
              default -> to.append(String.format(c > 0xFFFF ? "\\u{%x}" : "\\u%04x", c));
            }
          }
        });
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
