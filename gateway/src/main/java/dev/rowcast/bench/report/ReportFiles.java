package dev.rowcast.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The three files of a run, side by side under its date and time.
 *
 * <p>Immutable.
 */
public record ReportFiles(Path text, Path json, Path html) {

  /** Writes them into a folder, which is made; a second run in the same second gets a number. */
  public static ReportFiles write(Path folder, Report report) {
    try {
      Files.createDirectories(folder);
      var name = report.started().replace('T', '_').replace(':', '-');
      var free = name;
      for (int i = 2; Files.exists(folder.resolve(free + ".txt")); i++) {
        free = name + "_" + i;
      }
      var files =
          new ReportFiles(
              folder.resolve(free + ".txt"),
              folder.resolve(free + ".json"),
              folder.resolve(free + ".html"));
      Files.writeString(files.text, TextReport.of(report));
      Files.writeString(files.json, json(report));
      Files.writeString(files.html, HtmlReport.of(report));
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The record as JSON. */
  public static String json(Report report) {
    return JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValueAsString(report);
  }
}
