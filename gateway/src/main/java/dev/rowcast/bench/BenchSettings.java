package dev.rowcast.bench;

import dev.rowcast.bench.wire.Stamp;
import java.time.Duration;
import java.util.List;

/**
 * Everything a run is told; also what a loader process is told by the one that started it.
 *
 * <p>Immutable. The sentences of its refusals name the flags of {@code rowcast bench}.
 *
 * @param pid of the server, to read its CPU time and memory; 0: unknown
 */
public record BenchSettings(
    Mode mode, Target target, Crowd crowd, Load load, Publishing publishing, long pid) {

  /** Refuses what only does not go together. */
  public BenchSettings {
    if (publishing.writers() > 1 && (mode != Mode.COMMIT || load.rate() == 0)) {
      throw new IllegalArgumentException(
          "--writers is "
              + publishing.writers()
              + ", must be 1 but in mode commit with a --rate: several write by schedule only");
    }
  }

  /**
   * Whom the clients talk to.
   *
   * @param path with its query; {@code {facility}} and {@code {id}} (the client's number) are
   *     filled in
   * @param subprotocol empty: none is offered
   * @param headers more lines of the handshake, each {@code Name: value}
   * @param hellos texts sent after the handshake, filled in as the path
   * @param joined a client counts as open when a message holds this; empty: after the handshake
   * @param answers each {@code TEXT=REPLY}: what a client answers to a text, such as a heartbeat
   * @param facility what {@code {facility}} is; {@code {topic}} and {@code {id}} are filled in
   * @param resume follows the path of a client that comes back after a storm, with the last
   *     position it was told for {@code {position}}; then rows are written while all are away, and
   *     each has to hear exactly those. Empty: it comes back as it came
   */
  public record Target(
      String host,
      int port,
      String path,
      String subprotocol,
      List<String> headers,
      List<String> hellos,
      String joined,
      List<String> answers,
      String facility,
      String resume) {
    /** Copies the lists. */
    public Target {
      headers = List.copyOf(headers);
      hellos = List.copyOf(hellos);
      answers = List.copyOf(answers);
      for (var header : headers) {
        if (header.indexOf(':') < 1 || header.indexOf('\r') >= 0 || header.indexOf('\n') >= 0) {
          throw new IllegalArgumentException(
              "--header is '" + header + "', must be 'Name: value' on one line");
        }
      }
      for (var answer : answers) {
        if (answer.indexOf('=') < 1) {
          throw new IllegalArgumentException("--answer is '" + answer + "', must be TEXT=REPLY");
        }
      }
      if (!path.startsWith("/") || path.chars().anyMatch(c -> c <= ' ' || c > '~')) {
        throw new IllegalArgumentException(
            "--path is '" + path + "', must begin with / and hold no spaces");
      }
    }

    /** Whether who comes back goes on from where it was. */
    public boolean isResumed() {
      return !resume.isEmpty();
    }

    /** The facility of a topic and a client. */
    public String facility(int topic, int id) {
      return facility
          .replace("{topic}", Integer.toString(topic))
          .replace("{id}", Integer.toString(id));
    }

    /** A text with the names of a client filled in. */
    public String fill(String text, int topic, int id) {
      return text.replace("{facility}", facility(topic, id))
          .replace("{topic}", Integer.toString(topic))
          .replace("{id}", Integer.toString(id));
    }
  }

  /**
   * The clients.
   *
   * @param amount connections of all processes together
   * @param processes loader processes; 1: this one
   * @param loops event loops of a process
   * @param connectRate new connections a second by schedule; 0: as fast as they open
   * @param connecting connections on their way at once
   * @param sources addresses to connect from; empty: the kernel's choice, or 127.0.0.x past 25,000
   * @param slowShare the share of the clients that never reads
   * @param patience without any progress for so long, a phase is over
   */
  public record Crowd(
      int amount,
      int processes,
      int loops,
      double connectRate,
      int connecting,
      List<String> sources,
      double slowShare,
      Duration patience) {
    /** Checks the numbers. */
    public Crowd {
      atLeast("--amount", amount, 1);
      atLeast("--processes", processes, 1);
      atLeast("--loops", loops, 1);
      atLeast("--connecting", connecting, 1);
      if (connectRate < 0) {
        throw new IllegalArgumentException("--connect-rate is negative");
      }
      if (slowShare < 0 || slowShare >= 1) {
        throw new IllegalArgumentException(
            "--slow-share is " + slowShare + ", must be from 0 to below 1");
      }
      if (patience.toMillis() < 100) {
        throw new IllegalArgumentException("--patience must be at least 0.1 seconds");
      }
      sources = List.copyOf(sources);
    }

    /** Whether this client never reads; spread evenly. */
    public boolean isSlow(int id) {
      return Math.floor((id + 1) * slowShare) > Math.floor(id * slowShare);
    }
  }

  /**
   * The messages.
   *
   * @param messages each client is to hear, or to say
   * @param warmup of these come first and are checked, but not measured
   * @param topics facilities; client n listens to number n modulo this
   * @param size bytes of a message
   * @param rate messages a second by schedule; 0: as the window allows
   * @param window messages on their way at once when there is no rate; in echo mode per client
   * @param hold how long idle clients are watched
   * @param settle the pause between opening and measuring
   */
  public record Load(
      int messages,
      int warmup,
      int topics,
      int size,
      double rate,
      int window,
      Duration hold,
      Duration settle) {
    /** The smallest message: a JSON object around a stamp. */
    public static final int SMALLEST = 54;

    /** Checks the numbers. */
    public Load {
      atLeast("--messages", messages, 0);
      atLeast("--warmup", warmup, 0);
      atLeast("--topics", topics, 1);
      atLeast("--size", size, SMALLEST);
      atLeast("--window", window, 1);
      if (topics > Stamp.TOPICS) {
        throw new IllegalArgumentException("--topics is " + topics + ", at most " + Stamp.TOPICS);
      }
      if (rate < 0) {
        throw new IllegalArgumentException("--rate is negative");
      }
    }

    /** Messages of one topic, warm-up included. */
    public int all() {
      return Math.addExact(messages, warmup);
    }
  }

  /**
   * How messages get in.
   *
   * @param url {@code redis://…}, {@code http://…}, {@code ws}: a publishing client, or empty: not
   * @param channel Redis channel; {@code {facility}} is filled in
   * @param body of a POST, or text on a publishing socket; {@code {payload}} is filled in
   * @param headers of a POST, each {@code Name: value}
   * @param path of the publishing client
   * @param writers connections that commit rows, in mode {@link Mode#COMMIT}; the rows of one topic
   *     all come from one, in their order
   */
  public record Publishing(
      String url, String channel, String body, List<String> headers, String path, int writers) {
    /** Copies the headers. */
    public Publishing {
      headers = List.copyOf(headers);
      atLeast("--writers", writers, 1);
      if (!url.isEmpty()
          && !url.equals("ws")
          && !url.startsWith("redis://")
          && !url.startsWith("http")) {
        throw new IllegalArgumentException(
            "--publish is '" + url + "', must be redis://…, http://…, https://… or ws");
      }
    }
  }

  private static void atLeast(String flag, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException(flag + " is " + value + ", must be at least " + least);
    }
  }
}
