package dev.rowcast.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.rowcast.config.LogSettings;
import org.slf4j.LoggerFactory;

/** Sends the log to stderr; stdout belongs to what a command answers. Stateless. */
final class Logging {
  private Logging() {}

  /** Logs as these settings say from now on. */
  static void begin(LogSettings settings) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    var appender = new ConsoleAppender<ILoggingEvent>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder(settings.format(), context));
    appender.start();
    root.detachAndStopAllAppenders();
    root.addAppender(appender);
    level(settings.level());
  }

  /** Changes the weight from which on events are written. */
  static void level(LogSettings.Level level) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
      context.getLogger("dev.rowcast").setLevel(Level.toLevel(level.name()));
      // It warns that it has chosen one of two transports, at every start.
      context.getLogger("io.lettuce").setLevel(Level.ERROR);
    }
  }

  static Encoder<ILoggingEvent> encoder(LogSettings.Format format, LoggerContext context) {
    return switch (format) {
      case TEXT -> {
        var encoder = new TextEncoder();
        encoder.setContext(context);
        encoder.start();
        yield encoder;
      }
      case JSON -> {
        var encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithContext(false);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        yield encoder;
      }
    };
  }
}
