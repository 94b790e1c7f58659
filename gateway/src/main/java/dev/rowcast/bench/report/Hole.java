package dev.rowcast.bench.report;

/** Numbers that one client did not get, both ends inclusive. */
public record Hole(int client, long first, long last) {
  @Override
  public String toString() {
    return "client " + client + ": " + (first == last ? first : first + " to " + last);
  }
}
