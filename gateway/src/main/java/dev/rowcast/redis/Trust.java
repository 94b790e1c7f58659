package dev.rowcast.redis;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Whose certificates are believed on the way to Redis.
 *
 * <p>Immutable.
 */
final class Trust {
  private Trust() {}

  /** The authorities of the PEM file, or the JDK's. */
  static TrustManagerFactory authorities(RedisTarget.Tls tls) throws IOException {
    try {
      var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(tls.ca().isPresent() ? store(tls) : null);
      return factory;
    } catch (GeneralSecurityException unusable) {
      throw new IOException("the authorities for Redis cannot be read: " + tls.ca(), unusable);
    }
  }

  /** A context for a socket of our own. */
  static SSLContext context(RedisTarget.Tls tls) throws IOException {
    try {
      var context = SSLContext.getInstance("TLS");
      var managers =
          tls.verify() == RedisTarget.Verify.NONE
              ? new TrustManager[] {new Anybody()}
              : authorities(tls).getTrustManagers();
      context.init(null, managers, null);
      return context;
    } catch (GeneralSecurityException unusable) {
      throw new IOException("TLS towards Redis cannot be set up", unusable);
    }
  }

  private static KeyStore store(RedisTarget.Tls tls) throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var pem = Files.newInputStream(tls.ca().orElseThrow())) {
      var index = 0;
      for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("ca" + index++, certificate);
      }
    }
    return store;
  }

  /** What {@code verify=none} asks for, in so many words, in the operator's own URL. */
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, @Nullable Socket socket) {}

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String type, @Nullable SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
