package dev.rowcast.bench;

/** What clients count while they run. */
enum Counter {
  /** Handshakes that were accepted, and joined where that takes a message. */
  OPENED(0),
  /** Attempts that did not become an open connection. */
  FAILED(1),
  /** Open connections that ended though nobody asked for it. */
  LOST(2),
  /** Connections that ended after our close frame, with the server's answer. */
  CLOSED(3),
  /** Connections that ended after our close frame, without an answer. */
  CUT(4),
  /** Connections the loader dropped without a word. */
  DROPPED(5),
  /** Messages sent by clients. */
  SAID(6),
  /** Measured messages received, each number once. */
  HEARD(7),
  /** Measured messages received again. */
  DUPLICATE(8),
  /** Messages of this run that belong to another topic. */
  STRAY(9),
  /** Messages that are not of this run: heartbeats, last values, replies. */
  OTHER(10);

  private final int place;

  Counter(int place) {
    this.place = place;
  }

  /** Where it stands among all counters. */
  int place() {
    return place;
  }
}
