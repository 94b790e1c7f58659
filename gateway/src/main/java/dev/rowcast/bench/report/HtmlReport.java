package dev.rowcast.bench.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.json.JsonMapper;

/** A report as one page that needs no network: styles, script and data are in it. Stateless. */
public final class HtmlReport {
  private static final int PERCENTILE_TICKS = 10;

  private HtmlReport() {}

  /** The page. */
  public static String of(Report report) {
    var data = new LinkedHashMap<String, Object>();
    data.put("report", report);
    data.put("text", TextReport.of(report));
    data.put("latency", shape(report.times().latency().histogram()));
    data.put("connect", shape(report.times().connect().histogram()));
    data.put("comeback", shape(report.times().comeback().histogram()));
    data.put("commit", shape(report.times().commit().histogram()));
    // A browser ends the script at the first "</script", wherever that is.
    var json = JsonMapper.shared().writeValueAsString(data).replace("<", "\\u003c");
    return resource("report.html")
        .replace("/*UPLOT_CSS*/", resource("uPlot.min.css"))
        .replace("/*UPLOT_LICENSE*/", resource("uPlot.LICENSE"))
        .replace("/*UPLOT_JS*/", resource("uPlot.iife.min.js"))
        .replace("/*REPORT_JS*/", resource("report.js"))
        .replace("\"DATA\"", json);
  }

  /**
   * What a chart needs of a distribution: counts in logarithmic steps, and values over percentiles.
   */
  private static Map<String, Object> shape(Distribution distribution) {
    var histogram = distribution.decode();
    var edges = new ArrayList<Double>();
    var counts = new ArrayList<Long>();
    var percentiles = new ArrayList<List<Double>>();
    if (histogram.getTotalCount() > 0) {
      var base = Math.pow(10, 1.0 / 20);
      var from = Math.max(1.0, (double) histogram.getMinNonZeroValue());
      for (var low = from; low <= histogram.getMaxValue(); low *= base) {
        edges.add(low / 1e3);
        counts.add(
            histogram.getCountBetweenValues((long) low, (long) Math.max(low, low * base - 1)));
      }
      histogram
          .percentiles(PERCENTILE_TICKS)
          .forEach(value ->
              percentiles.add(
                  List.of(value.getPercentileLevelIteratedTo(), value.getValueIteratedTo() / 1e3)));
    }
    return Map.of("edges", edges, "counts", counts, "percentiles", percentiles);
  }

  private static String resource(String name) {
    try (var stream = Objects.requireNonNull(HtmlReport.class.getResourceAsStream(name), name)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
