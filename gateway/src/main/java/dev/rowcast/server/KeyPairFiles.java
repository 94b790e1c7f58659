package dev.rowcast.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A certificate with its chain and the private key that belongs to it, read from PEM files.
 *
 * <p>Immutable. The key never gets into a message.
 */
record KeyPairFiles(List<X509Certificate> chain, PrivateKey key) {
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
  private static final byte[] PROBE = "rowcast".getBytes(ISO_8859_1);

  /** Copies the chain. */
  KeyPairFiles {
    chain = List.copyOf(chain);
  }

  /**
   * Reads both files and holds them against each other.
   *
   * @throws IOException with a sentence that names the file and what is wrong with it
   */
  static KeyPairFiles read(TlsSettings settings) throws IOException {
    var chain = chain(settings.certificate());
    var key = key(settings.key());
    if (!belong(chain.getFirst().getPublicKey(), key)) {
      throw new IOException(
          "the key in "
              + settings.key()
              + " is not that of the certificate in "
              + settings.certificate());
    }
    return new KeyPairFiles(chain, key);
  }

  private static List<X509Certificate> chain(Path file) throws IOException {
    try {
      var chain =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes(file)))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (!chain.isEmpty()) {
        return chain;
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " holds no certificate in PEM", e);
    }
    throw new IOException(file + " holds no certificate in PEM");
  }

  private static PrivateKey key(Path file) throws IOException {
    var pem = PKCS8.matcher(new String(bytes(file), ISO_8859_1));
    if (!pem.find()) {
      throw new IOException(
          file + " holds no private key in PKCS#8; convert it with: openssl pkcs8 -topk8 -nodes");
    }
    var encoded = Base64.getMimeDecoder().decode(pem.group(1));
    return Stream.of("RSA", "EC", "EdDSA")
        .flatMap(algorithm -> key(algorithm, encoded).stream())
        .findFirst()
        .orElseThrow(
            () -> new IOException(file + " holds a private key that is none of RSA, EC, EdDSA"));
  }

  private static Optional<PrivateKey> key(String algorithm, byte[] encoded) {
    try {
      return Optional.of(
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
    } catch (GeneralSecurityException _) {
      return Optional.empty();
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException(file + " cannot be read", e);
    }
  }

  private static boolean belong(PublicKey certified, PrivateKey key) {
    var algorithm =
        switch (certified.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> certified.getAlgorithm();
        };
    try {
      var signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(PROBE);
      var proof = signer.sign();
      var verifier = Signature.getInstance(algorithm);
      verifier.initVerify(certified);
      verifier.update(PROBE);
      return verifier.verify(proof);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  X509Certificate certificate() {
    return chain.getFirst();
  }

  X509Certificate[] certificates() {
    return chain.toArray(X509Certificate[]::new);
  }

  /** A fingerprint of what the files hold now, to see whether they change; empty: unreadable. */
  static byte[] fingerprint(TlsSettings settings) {
    try {
      var certificate = Files.readAllBytes(settings.certificate());
      var key = Files.readAllBytes(settings.key());
      var both = Arrays.copyOf(certificate, certificate.length + key.length);
      System.arraycopy(key, 0, both, certificate.length, key.length);
      return MessageDigest.getInstance("SHA-256").digest(both);
    } catch (IOException | GeneralSecurityException _) {
      return new byte[0];
    }
  }
}
