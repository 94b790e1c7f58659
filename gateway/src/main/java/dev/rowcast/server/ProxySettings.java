package dev.rowcast.server;

import dev.rowcast.base.Network;
import java.net.InetAddress;
import java.util.List;

/**
 * Whose word counts about where a request comes from: {@code proxies}.
 *
 * <p>Immutable.
 *
 * @param trusted networks of the proxies before this server; of everybody else the header is
 *     ignored
 * @param header the one header that these proxies set. One and not both: a proxy that sets the one
 *     may hand on the other as the client wrote it
 */
public record ProxySettings(List<Network> trusted, Header header) {

  /** What a proxy calls the addresses before it. */
  public enum Header {
    /** {@code X-Forwarded-For} and {@code X-Forwarded-Proto}. */
    X_FORWARDED_FOR,
    /** {@code Forwarded}, RFC 7239. */
    FORWARDED
  }

  /** Nobody is trusted: a client is where its connection comes from. */
  public static final ProxySettings DEFAULTS = new ProxySettings(List.of(), Header.X_FORWARDED_FOR);

  /** Copies the networks. */
  public ProxySettings {
    trusted = List.copyOf(trusted);
  }

  boolean trust(InetAddress address) {
    return trusted.stream().anyMatch(network -> network.contains(address));
  }
}
