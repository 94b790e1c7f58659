package dev.rowcast.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Free TCP ports of 127.0.0.1. */
final class Ports {
  private Ports() {}

  /** The wished port, or any free one for 0; refuses one that is taken. */
  static int reserve(int wished, String who) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), wished));
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new EmbeddedException(
          "Port " + wished + " of 127.0.0.1, wanted for " + who + ", is taken.", e);
    }
  }
}
