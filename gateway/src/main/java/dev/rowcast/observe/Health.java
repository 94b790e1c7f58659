package dev.rowcast.observe;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * What works and what does not, part by part; the source of {@code /health/ready}.
 *
 * <p>Thread-safe. A part writes its own state; nobody decides anything from it but the reader of
 * the page.
 */
public final class Health {

  /** How a part is. */
  public enum State {
    UP,
    /** Works, yet somebody should look; readiness stays green. */
    WARNING,
    DOWN
  }

  /** One part, how it is, and a sentence that says why. */
  public record Report(String part, State state, String detail) {}

  /** Where one part writes how it is. Thread-safe. */
  public final class Probe {
    private final String part;

    private Probe(String part) {
      this.part = part;
    }

    /** The part works. */
    public void up(String detail) {
      reports.put(part, new Report(part, State.UP, detail));
    }

    /** The part works, yet somebody should look. */
    public void warn(String detail) {
      reports.put(part, new Report(part, State.WARNING, detail));
    }

    /** The part does not work; readiness turns red. */
    public void down(String detail) {
      reports.put(part, new Report(part, State.DOWN, detail));
    }

    /** How the part is now. */
    public Report report() {
      return Objects.requireNonNull(reports.get(part));
    }
  }

  private final Map<String, Report> reports = new ConcurrentSkipListMap<>();

  /** The probe of a new part, which is down until it says otherwise. */
  public Probe part(String part) {
    var probe = new Probe(part);
    probe.down("starting");
    return probe;
  }

  /** Whether no part is down. */
  public boolean isReady() {
    return reports.values().stream().noneMatch(report -> report.state() == State.DOWN);
  }

  /** All parts, by name. */
  public List<Report> reports() {
    return new ArrayList<>(reports.values());
  }
}
