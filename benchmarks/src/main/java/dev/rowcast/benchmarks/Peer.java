package dev.rowcast.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server under comparison, and how the loader talks to it: an entry of {@code peers.json}, or
 * Rowcast itself, with or without compression.
 *
 * <p>Immutable.
 *
 * @param hellos texts that a client sends after the handshake
 * @param joined what the answer to the last of them holds; empty: none comes
 * @param answers each {@code TEXT=REPLY}, to the heartbeats of the server
 * @param collect the signal on which it gives unused memory back; empty: none
 * @param most connections that it can hold at once
 * @param settings of Rowcast, as KEY=VALUE; empty for who is not
 */
record Peer(
    String name,
    String title,
    String path,
    List<String> hellos,
    String joined,
    List<String> answers,
    Publish publish,
    String collect,
    int most,
    List<String> settings) {
  static final String ROWCAST = "rowcast";
  private static final String COMPRESSED = "websocket.compression=true";
  private static final String CHANNEL = "{facility}";

  /**
   * How a message gets in.
   *
   * @param where channel of Redis, or path of a POST
   * @param body {@code {payload}} stands for the message
   */
  record Publish(boolean isHttp, String where, String body) {}

  /** Rowcast first, then the file's, by name. */
  static Map<String, Peer> read(Path file) {
    var peers = new LinkedHashMap<String, Peer>();
    for (var own :
        List.of(
            rowcast(ROWCAST, "Rowcast"),
            rowcast(ROWCAST + "-one-loop", "Rowcast, one event loop", "transport.loops=1"),
            rowcast(ROWCAST + "-deflated", "Rowcast, deflated", COMPRESSED))) {
      peers.put(own.name(), own);
    }
    for (var entry : new JsonMapper().readTree(file.toFile()).properties()) {
      if (!entry.getKey().isEmpty()) {
        peers.put(entry.getKey(), of(entry.getKey(), entry.getValue()));
      }
    }
    return peers;
  }

  /** Whether it is the one to which the others are compared. */
  boolean isRowcast() {
    return name.equals(ROWCAST);
  }

  /** Whether it is the product, however set up. */
  boolean isOurs() {
    return isRowcast() || !settings.isEmpty();
  }

  /** Whether its clients can listen to many channels. */
  boolean hasTopics() {
    return path.contains(CHANNEL) || hellos.stream().anyMatch(hello -> hello.contains(CHANNEL));
  }

  /** The flags of {@code rowcast bench} that make it talk to this peer. */
  List<String> flags(int port, String redis) {
    var flags = new ArrayList<>(List.of("-s", "127.0.0.1:" + port, "--path", path));
    if (settings.contains(COMPRESSED)) {
      flags.add("--compression");
    }
    hellos.forEach(hello -> flags.addAll(List.of("--hello", hello)));
    answers.forEach(answer -> flags.addAll(List.of("--answer", answer)));
    if (!joined.isEmpty()) {
      flags.addAll(List.of("--joined", joined));
    }
    if (publish.isHttp()) {
      flags.addAll(List.of("--publish", "http://127.0.0.1:" + port + publish.where()));
    } else {
      flags.addAll(List.of("--publish", redis, "--publish-channel", publish.where()));
    }
    flags.addAll(List.of("--publish-body", publish.body()));
    return flags;
  }

  private static Peer rowcast(String name, String title, String... settings) {
    return new Peer(
        name,
        title,
        "/ws/" + CHANNEL + "?subscribe-broadcast",
        List.of(),
        "",
        List.of(),
        new Publish(false, "broadcast:" + CHANNEL, "{payload}"),
        "",
        Integer.MAX_VALUE,
        List.of(settings));
  }

  private static Peer of(String name, JsonNode entry) {
    var publish = entry.path("publish");
    var isHttp = publish.path("kind").asString().equals("http");
    return new Peer(
        name,
        entry.path("title").asString(),
        entry.path("path").asString(),
        texts(entry.path("hello")),
        entry.path("joined").asString(""),
        texts(entry.path("answer")),
        new Publish(
            isHttp,
            publish.path(isHttp ? "path" : "channel").asString(),
            publish.path("body").asString()),
        entry.path("collect").asString(""),
        entry.path("most").asInt(Integer.MAX_VALUE),
        List.of());
  }

  private static List<String> texts(JsonNode array) {
    var texts = new ArrayList<String>();
    array.forEach(text -> texts.add(text.asString()));
    return List.copyOf(texts);
  }
}
