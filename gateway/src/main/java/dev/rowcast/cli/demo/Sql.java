package dev.rowcast.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The statements of this package, each in the file of its name. Immutable. */
enum Sql {
  BOARD,
  CANCEL_JOBS,
  DELETE_RUN,
  INSERT_RUN,
  JOB_STATUS,
  KEEP_RESULT,
  NEXT_JOB,
  PLAN_JOBS,
  ROWS,
  RUN_STATUS,
  SCHEMA,
  SEED,
  TRIM_RUNS,
  UNFINISHED_RUNS,
  UNPLANNED_RUN;

  private final String text;

  Sql() {
    text = resource(name().toLowerCase(Locale.ROOT) + ".sql");
  }

  /** The statement. */
  String text() {
    return text;
  }

  /** The text of a file beside this class. */
  static String resource(String name) {
    try (var stream = Sql.class.getResourceAsStream(name)) {
      if (stream == null) {
        throw new IllegalStateException(name + " is missing beside " + Sql.class.getName());
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
