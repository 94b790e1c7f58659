package dev.rowcast.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy before a Redis that writes down every PUBLISH which Redis has answered with a number:
 * what is in its list has been published beyond doubt, in this order.
 *
 * <p>Thread-safe; two threads a connection. It understands the Redis serialization protocol (RESP2
 * and RESP3) just enough to pair each command with its reply; a connection that subscribes is
 * passed on unread.
 */
public final class PublicationRecorder implements AutoCloseable {

  /** One acknowledged publication. */
  public record Publication(String channel, String payload) {}

  private record Command(String name, @Nullable Publication publication) {}

  private final ServerSocket listener;
  private final int redisPort;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<Publication> publications = new ArrayList<>();

  /** Listens on a free port of 127.0.0.1 and passes on to Redis at {@code redisPort}. */
  public PublicationRecorder(int redisPort) throws IOException {
    this.redisPort = redisPort;
    listener = new ServerSocket(0, 64, InetAddress.ofLiteral("127.0.0.1"));
    Thread.ofVirtual().name("recorder-accept").start(this::accept);
  }

  /** The address to give to the gateway. */
  public String url() {
    return "redis://127.0.0.1:" + listener.getLocalPort() + "/0";
  }

  /** What has been published until now, in order. */
  public List<Publication> publications() {
    synchronized (publications) {
      return List.copyOf(publications);
    }
  }

  /** How much has been published until now. */
  public int count() {
    synchronized (publications) {
      return publications.size();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (var socket : sockets) {
      socket.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        var client = listener.accept();
        sockets.add(client);
        Thread.ofVirtual().name("recorder").start(() -> serve(client));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        var redis = new Socket(InetAddress.ofLiteral("127.0.0.1"), redisPort)) {
      sockets.add(redis);
      client.setTcpNoDelay(true);
      redis.setTcpNoDelay(true);
      Queue<Command> pending = new ConcurrentLinkedQueue<>();
      var answers =
          Thread.ofVirtual()
              .name("recorder-answers")
              .start(() -> passAnswers(redis, client, pending));
      passCommands(client, redis, pending);
      redis.shutdownOutput();
      answers.join();
    } catch (IOException _) {
      // One side is gone; closing both tells the other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void passCommands(Socket client, Socket redis, Queue<Command> pending)
      throws IOException {
    var in = new BufferedInputStream(client.getInputStream(), 1 << 16);
    var out = redis.getOutputStream();
    var batch = new ByteArrayOutputStream();
    for (; ; ) {
      var command = readCommand(in, batch);
      if (command == null) {
        return;
      }
      pending.add(command);
      if (in.available() == 0 || batch.size() > 1 << 16) {
        batch.writeTo(out);
        batch.reset();
      }
    }
  }

  private static @Nullable Command readCommand(InputStream in, OutputStream copy)
      throws IOException {
    var first = line(in, copy);
    if (first == null) {
      return null;
    }
    if (!first.startsWith("*")) {
      return new Command(first, null);
    }
    var words = new ArrayList<String>();
    for (int left = Integer.parseInt(first.substring(1)); left > 0; left--) {
      var header = line(in, copy);
      if (header == null) {
        throw new EOFException();
      }
      words.add(bulk(in, copy, Integer.parseInt(header.substring(1))));
    }
    var name = words.getFirst().toUpperCase(java.util.Locale.ROOT);
    return new Command(
        name, name.equals("PUBLISH") ? new Publication(words.get(1), words.get(2)) : null);
  }

  private void passAnswers(Socket redis, Socket client, Queue<Command> pending) {
    try {
      var in = new BufferedInputStream(redis.getInputStream(), 1 << 16);
      var out = client.getOutputStream();
      var batch = new ByteArrayOutputStream();
      for (; ; ) {
        var type = readAnswer(in, batch);
        if (type == 0) {
          break;
        }
        if (type != '>') {
          record(pending.poll(), type);
        }
        if (in.available() == 0 || batch.size() > 1 << 16) {
          batch.writeTo(out);
          batch.reset();
        }
      }
    } catch (IOException _) {
      // Redis or the gateway died: what has no answer is not recorded.
    }
    try {
      client.close();
    } catch (IOException _) {
      // Already closed.
    }
  }

  private void record(@Nullable Command command, int type) {
    if (command == null || command.publication() == null || type != ':') {
      return;
    }
    synchronized (publications) {
      publications.add(command.publication());
    }
  }

  /** Passes one whole answer on and returns its type, 0 at the end of the stream. */
  private static int readAnswer(InputStream in, OutputStream copy) throws IOException {
    var header = line(in, copy);
    if (header == null) {
      return 0;
    }
    var type = header.charAt(0);
    switch (type) {
      case '$', '=', '!' -> {
        var length = Integer.parseInt(header.substring(1));
        if (length >= 0) {
          bulk(in, copy, length);
        }
      }
      case '*', '~', '>', '%' -> {
        var members = Integer.parseInt(header.substring(1));
        for (int left = type == '%' ? 2 * members : members; left > 0; left--) {
          readAnswer(in, copy);
        }
      }
      default -> {}
    }
    return type;
  }

  private static @Nullable String line(InputStream in, OutputStream copy) throws IOException {
    var text = new StringBuilder();
    for (int c = in.read(); ; c = in.read()) {
      if (c < 0) {
        return null;
      }
      copy.write(c);
      if (c == '\n') {
        return text.substring(0, text.length() - 1);
      }
      text.append((char) c);
    }
  }

  private static String bulk(InputStream in, OutputStream copy, int length) throws IOException {
    var bytes = in.readNBytes(length + 2);
    if (bytes.length < length + 2) {
      throw new EOFException();
    }
    copy.write(bytes);
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }
}
