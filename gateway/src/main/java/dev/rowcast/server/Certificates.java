package dev.rowcast.server;

import dev.rowcast.base.Pause;
import dev.rowcast.observe.Health;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate this server shows, renewed while it runs.
 *
 * <p>Thread-safe. A virtual thread looks at the files every two seconds; {@link #reload} looks at
 * once. New connections get the new certificate, open ones keep what they have. What cannot be used
 * changes nothing: the old one stays, the log and the part {@code tls} of readiness say why.
 */
final class Certificates implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Certificates.class);
  private static final Duration LOOK = Duration.ofSeconds(2);

  private final TlsSettings settings;
  private final Health.Probe probe;
  private volatile SslContext context;
  private byte[] seen;
  private final Thread watch;

  /**
   * Reads the files.
   *
   * @throws ServerException with a sentence when they cannot be used
   */
  Certificates(TlsSettings settings, Health.Probe probe) {
    this.settings = settings;
    this.probe = probe;
    this.seen = KeyPairFiles.fingerprint(settings);
    try {
      this.context = read();
    } catch (IOException e) {
      throw new ServerException("tls: " + e.getMessage(), e);
    }
    this.watch = Thread.ofVirtual().name("rowcast-tls").unstarted(this::watch);
  }

  void start() {
    watch.start();
  }

  /** A handler for one connection; the deadline of its handshake is the door's. */
  SslHandler handler(ByteBufAllocator allocator) {
    var handler = context.newHandler(allocator);
    handler.setHandshakeTimeoutMillis(0);
    handler.setCloseNotifyFlushTimeoutMillis(1000);
    return handler;
  }

  /** Takes over what the files hold now, if it can be used. */
  synchronized void reload() {
    seen = KeyPairFiles.fingerprint(settings);
    try {
      context = read();
    } catch (IOException e) {
      probe.warn("the old certificate stays: " + e.getMessage());
      log.error("the new certificate is refused, the old one stays: {}", e.getMessage());
    }
  }

  private SslContext read() throws IOException {
    var pair = KeyPairFiles.read(settings);
    var certificate = pair.certificate();
    try {
      certificate.checkValidity();
    } catch (CertificateException e) {
      throw new IOException(
          settings.certificate()
              + " is valid from "
              + certificate.getNotBefore().toInstant()
              + " to "
              + certificate.getNotAfter().toInstant(),
          e);
    }
    try {
      var made =
          SslContextBuilder.forServer(pair.key(), pair.certificates())
              .sslProvider(SslProvider.JDK)
              .protocols("TLSv1.3", "TLSv1.2")
              .build();
      var until = "valid until " + certificate.getNotAfter().toInstant();
      probe.up(until);
      log.info("certificate {}, {}", certificate.getSubjectX500Principal(), until);
      return made;
    } catch (SSLException e) {
      throw new IOException(settings.certificate() + " cannot be used", e);
    }
  }

  private void watch() {
    try {
      while (true) {
        Pause.of(LOOK);
        look();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** Files that are unreadable for a moment are being replaced: nothing is said until they are. */
  private synchronized void look() {
    var now = KeyPairFiles.fingerprint(settings);
    if (now.length > 0 && !Arrays.equals(now, seen)) {
      reload();
    }
  }

  @Override
  public void close() {
    watch.interrupt();
  }
}
