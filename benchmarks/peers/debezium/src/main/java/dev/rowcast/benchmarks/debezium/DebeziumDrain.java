package dev.rowcast.benchmarks.debezium;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.format.Json;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;
import java.util.Properties;

/**
 * Debezium's engine reading a slot that is there already, into a Redis stream: {@code PORT DATABASE
 * SLOT PUBLICATION REDIS_PORT STREAM ENTRY}. Runs until it is ended.
 *
 * <p>Set up for throughput: large batches and queue, JSON without schemas, no snapshot, no
 * heartbeat, records converted by all processors in order. The sink puts up to {@code ENTRY} changes
 * into an entry (1,000 is as sparing with Redis as Rowcast's own; 1 is what Debezium's server does),
 * sends all entries of a batch before it awaits the first answer, and acknowledges the batch when all
 * are answered.
 */
public final class DebeziumDrain {
  private final OutputStream toRedis;
  private final InputStream fromRedis;
  private final byte[] stream;
  private final int entry;

  private DebeziumDrain(Socket redis, String stream, int entry) throws IOException {
    this.toRedis = new BufferedOutputStream(redis.getOutputStream(), 1 << 16);
    this.fromRedis = new BufferedInputStream(redis.getInputStream());
    this.stream = stream.getBytes(UTF_8);
    this.entry = entry;
  }

  /** Runs the engine. */
  public static void main(String[] args) throws Exception {
    try (var redis = new Socket("127.0.0.1", Integer.parseInt(args[4]))) {
      redis.setTcpNoDelay(true);
      var sink = new DebeziumDrain(redis, args[5], Integer.parseInt(args[6]));
      try (var engine =
          DebeziumEngine.create(Json.class)
              .using(settings(args))
              .using((success, message, error) -> {
                if (!success) {
                  System.err.println(message);
                  Runtime.getRuntime().halt(1);
                }
              })
              .notifying(sink::take)
              .build()) {
        engine.run();
      }
    }
  }

  private static Properties settings(String[] args) {
    var settings = new Properties();
    settings.setProperty("name", "drain");
    settings.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
    settings.setProperty("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
    settings.setProperty("offset.flush.interval.ms", "1000");
    settings.setProperty("topic.prefix", "drain");
    settings.setProperty("plugin.name", "pgoutput");
    settings.setProperty("database.hostname", "127.0.0.1");
    settings.setProperty("database.port", args[0]);
    settings.setProperty("database.user", "postgres");
    settings.setProperty("database.password", "postgres");
    settings.setProperty("database.dbname", args[1]);
    settings.setProperty("slot.name", args[2]);
    settings.setProperty("slot.drop.on.stop", "false");
    settings.setProperty("publication.name", args[3]);
    settings.setProperty("publication.autocreate.mode", "disabled");
    settings.setProperty("snapshot.mode", "no_data");
    settings.setProperty("tombstones.on.delete", "false");
    settings.setProperty("key.converter.schemas.enable", "false");
    settings.setProperty("value.converter.schemas.enable", "false");
    settings.setProperty("max.batch.size", "8192");
    settings.setProperty("max.queue.size", "65536");
    settings.setProperty("poll.interval.ms", "10");
    settings.setProperty("record.processing.threads", "AVAILABLE_CORES");
    settings.setProperty("record.processing.order", "ORDERED");
    return settings;
  }

  private void take(
      List<ChangeEvent<String, String>> records,
      DebeziumEngine.RecordCommitter<ChangeEvent<String, String>> committer)
      throws InterruptedException {
    try {
      var entries = 0;
      for (int from = 0; from < records.size(); from += entry) {
        append(records.subList(from, Math.min(records.size(), from + entry)));
        entries++;
      }
      toRedis.flush();
      for (; entries > 0; entries--) {
        readAnswer();
      }
    } catch (IOException away) {
      throw new IllegalStateException(away);
    }
    for (var record : records) {
      committer.markProcessed(record);
    }
    committer.markBatchFinished();
  }

  private void append(List<ChangeEvent<String, String>> records) throws IOException {
    toRedis.write(("*" + (3 + 2 * records.size()) + "\r\n$4\r\nXADD\r\n").getBytes(UTF_8));
    bulk(stream);
    bulk(new byte[] {'*'});
    for (int i = 0; i < records.size(); i++) {
      bulk(Integer.toString(i).getBytes(UTF_8));
      bulk(records.get(i).value().getBytes(UTF_8));
    }
  }

  private void bulk(byte[] bytes) throws IOException {
    toRedis.write(("$" + bytes.length + "\r\n").getBytes(UTF_8));
    toRedis.write(bytes);
    toRedis.write('\r');
    toRedis.write('\n');
  }

  /** {@code $LENGTH}, then the entry's ID; anything else is a refusal. */
  private void readAnswer() throws IOException {
    var head = readLine();
    if (!head.startsWith("$")) {
      throw new IOException("Redis answers " + head);
    }
    readLine();
  }

  private String readLine() throws IOException {
    var line = new StringBuilder();
    for (var next = fromRedis.read(); next != '\n'; next = fromRedis.read()) {
      if (next < 0) {
        throw new IOException("Redis ended the connection");
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }
}
