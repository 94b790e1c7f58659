package dev.rowcast.benchmarks;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The figures of a comparison by measure, peer and round, and what was void; printed as Markdown.
 *
 * <p>Confined to one thread.
 */
final class Findings {
  private static final double KILO = 1e3;

  /**
   * One column of the result.
   *
   * @param section the table it belongs to
   * @param title of the column
   * @param thousands whether it is printed in thousands
   */
  record Measure(String section, String title, boolean thousands, int digits) {}

  private final Map<Measure, Map<Peer, Map<Integer, Double>>> figures = new LinkedHashMap<>();
  private final Map<String, Integer> voids = new LinkedHashMap<>();
  private final Set<String> notes = new LinkedHashSet<>();

  void add(Measure measure, Peer peer, int round, double value) {
    figures
        .computeIfAbsent(measure, _ -> new LinkedHashMap<>())
        .computeIfAbsent(peer, _ -> new LinkedHashMap<>())
        .put(round, value);
  }

  void addVoid(String what, Peer peer, String reason) {
    voids.merge(peer.title() + ", " + what + ": " + reason, 1, Integer::sum);
  }

  void note(String text) {
    notes.add(text);
  }

  String markdown() {
    var text = new StringBuilder();
    var sections = new LinkedHashSet<String>();
    figures.keySet().forEach(measure -> sections.add(measure.section()));
    sections.forEach(section -> table(text, section));
    if (!notes.isEmpty()) {
      text.append("Notes\n\n");
      notes.forEach(note -> text.append("- ").append(note).append('\n'));
      text.append('\n');
    }
    if (!voids.isEmpty()) {
      text.append("Void, and in no figure above\n\n");
      voids.forEach((what, times) ->
          text.append("- ").append(what).append(" (").append(times).append(" runs)\n"));
    }
    return text.toString();
  }

  private void table(StringBuilder text, String section) {
    var columns = figures.keySet().stream().filter(m -> m.section().equals(section)).toList();
    var peers = new LinkedHashSet<Peer>();
    columns.forEach(column -> peers.addAll(values(column).keySet()));
    text.append("### ").append(section).append("\n\n|  |");
    columns.forEach(column ->
        text.append(' ')
            .append(column.title())
            .append(column.thousands() ? ", thousands" : "")
            .append(" | Rowcast is |"));
    text.append("\n|---|").append("---|---|".repeat(columns.size())).append('\n');
    for (var peer : peers) {
      text.append("| ").append(peer.title()).append(" |");
      for (var column : columns) {
        text.append(' ').append(cell(column, peer)).append(" | ");
        text.append(ratio(column, peer)).append(" |");
      }
      text.append('\n');
    }
    text.append('\n');
  }

  private String cell(Measure column, Peer peer) {
    var rounds = values(column).get(peer);
    if (rounds == null) {
      return "none";
    }
    var samples = new Samples();
    rounds.values().forEach(value -> samples.add(column.thousands() ? value / KILO : value));
    return samples.text(column.digits());
  }

  /** Rowcast's figure divided by the peer's, over the rounds in which both are valid. */
  private String ratio(Measure column, Peer peer) {
    if (peer.isRowcast()) {
      return "";
    }
    var own =
        values(column).entrySet().stream()
            .filter(entry -> entry.getKey().isRowcast())
            .map(Map.Entry::getValue)
            .findFirst();
    var theirs = Optional.ofNullable(values(column).get(peer));
    if (own.isEmpty() || theirs.isEmpty()) {
      return "";
    }
    var quotients = new Samples();
    var common = 0;
    for (var entry : theirs.get().entrySet()) {
      var mine = own.get().get(entry.getKey());
      if (mine != null && entry.getValue() != 0) {
        quotients.add(mine / entry.getValue());
        common++;
      }
    }
    return common == 0 ? "" : quotients.text(2) + " of it";
  }

  private Map<Peer, Map<Integer, Double>> values(Measure measure) {
    return Objects.requireNonNull(figures.get(measure), measure.title());
  }
}
