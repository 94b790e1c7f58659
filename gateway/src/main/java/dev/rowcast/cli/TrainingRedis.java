package dev.rowcast.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * As much of Redis as a bus asks for, in this process: publications, subscriptions and signs of
 * life in RESP2; nothing is kept. For {@code rowcast train}: a machine on which Rowcast is built
 * need not have a Redis.
 *
 * <p>Thread-safe. One virtual thread a connection. Bytes are characters of ISO 8859-1 here.
 */
final class TrainingRedis implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRedis.class);

  private final ServerSocket listening;
  private final Map<String, Set<Client>> subscribers = new ConcurrentHashMap<>();

  /** Listens on a free port of this machine. */
  TrainingRedis() throws IOException {
    this.listening = new ServerSocket(0, 0, InetAddress.ofLiteral("127.0.0.1"));
    Thread.startVirtualThread(this::accept);
  }

  String url() {
    return "redis://127.0.0.1:" + listening.getLocalPort() + "/0";
  }

  /** Accepts no more; a connection ends when its client does. */
  @Override
  public void close() throws IOException {
    listening.close();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Thread.startVirtualThread(new Client(listening.accept()));
      } catch (IOException closed) {
        LOG.trace("no connection", closed);
      }
    }
  }

  private String publish(String channel, String payload) throws IOException {
    var hearing = subscribers.getOrDefault(channel, Set.of());
    for (var client : hearing) {
      client.say("*3\r\n" + bulk("message") + bulk(channel) + bulk(payload));
    }
    return ":" + hearing.size() + "\r\n";
  }

  private static String bulk(String word) {
    return "$" + word.length() + "\r\n" + word + "\r\n";
  }

  /** One connection. */
  private final class Client implements Runnable {
    private final Socket socket;

    Client(Socket socket) {
      this.socket = socket;
    }

    @Override
    public void run() {
      try (socket) {
        var in = new BufferedInputStream(socket.getInputStream());
        while (true) {
          say(answer(command(in)));
        }
      } catch (IOException ended) {
        LOG.trace("a connection ends", ended);
      } finally {
        subscribers.values().forEach(clients -> clients.remove(this));
      }
    }

    /** One thread writes at a time, so that no two answers are mixed. */
    synchronized void say(String answer) throws IOException {
      socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
    }

    private String answer(List<String> command) throws IOException {
      return switch (command.getFirst()) {
        case "SUBSCRIBE", "UNSUBSCRIBE" -> subscribe(command);
        case "PUBLISH" -> publish(command.get(1), command.get(2));
        case "GET" -> "$-1\r\n";
        case "PING" -> "+PONG\r\n";
        default -> "+OK\r\n";
      };
    }

    private String subscribe(List<String> command) {
      var wanted = command.getFirst().equals("SUBSCRIBE");
      var answers = new StringBuilder();
      for (var channel : command.subList(1, command.size())) {
        var clients = subscribers.computeIfAbsent(channel, _ -> ConcurrentHashMap.newKeySet());
        if (wanted) {
          clients.add(this);
        } else {
          clients.remove(this);
        }
        answers
            .append("*3\r\n")
            .append(bulk(wanted ? "subscribe" : "unsubscribe"))
            .append(bulk(channel))
            .append(":1\r\n");
      }
      return answers.toString();
    }

    private static List<String> command(InputStream in) throws IOException {
      var words = new ArrayList<String>();
      for (var rest = length(in); rest > 0; rest--) {
        words.add(new String(in.readNBytes(length(in)), ISO_8859_1));
        in.skipNBytes(2);
      }
      return words;
    }

    /** The number behind {@code *} or {@code $}. */
    private static int length(InputStream in) throws IOException {
      var digits = new StringBuilder();
      in.skipNBytes(1);
      for (var b = in.read(); b != '\r'; b = in.read()) {
        if (b < 0) {
          throw new EOFException();
        }
        digits.append((char) b);
      }
      in.skipNBytes(1);
      return Integer.parseInt(digits.toString());
    }
  }
}
