package dev.rowcast.auth.jwt;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Keys as {@code openssl} writes them (RFC 7468). Stateless. */
final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]+)-----END \\1-----");
  private static final List<String> KINDS = List.of("RSA", "EC", "Ed25519");

  private Pem() {}

  @SuppressWarnings("ArrayRecordComponent") // Used once and never compared.
  private record Block(String label, byte[] bytes) {}

  /** The public key of a key or a certificate; refuses with a sentence for the operator. */
  static PublicKey publicKey(String pem) {
    var block =
        block(pem)
            .orElseThrow(
                () -> new IllegalArgumentException("auth.jwt.public-key holds no key in PEM form"));
    return switch (block.label()) {
      case "PUBLIC KEY" -> publicKey(block.bytes());
      case "CERTIFICATE" -> certified(block.bytes());
      default ->
          throw new IllegalArgumentException(
              "auth.jwt.public-key holds a " + block.label() + ", must be a PUBLIC KEY");
    };
  }

  /** Whether this may be a key in PEM form, and is no shared secret. */
  static boolean isPem(String text) {
    return block(text).isPresent();
  }

  /** A private key in PKCS 8; refuses with a sentence. */
  static PrivateKey privateKey(String pem) {
    var block = block(pem).orElseThrow(() -> new IllegalArgumentException("no key in PEM form"));
    if (!block.label().equals("PRIVATE KEY")) {
      throw new IllegalArgumentException(
          "a "
              + block.label()
              + " signs no token; 'openssl pkcs8 -topk8 -nocrypt' writes a private key as PKCS 8");
    }
    for (var kind : KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(block.bytes()));
      } catch (GeneralSecurityException _) {
        // Of another kind.
      }
    }
    throw new IllegalArgumentException("the private key is neither RSA nor EC nor Ed25519");
  }

  private static PublicKey publicKey(byte[] encoded) {
    for (var kind : KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(encoded));
      } catch (GeneralSecurityException _) {
        // Of another kind.
      }
    }
    throw new IllegalArgumentException(
        "auth.jwt.public-key is neither an RSA nor an EC nor an Ed25519 key");
  }

  private static PublicKey certified(byte[] encoded) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(encoded))
          .getPublicKey();
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("auth.jwt.public-key is not a certificate", e);
    }
  }

  private static Optional<Block> block(String pem) {
    var found = BLOCK.matcher(pem);
    if (!found.find()) {
      return Optional.empty();
    }
    try {
      var bytes =
          Base64.getMimeDecoder().decode(found.group(2).getBytes(StandardCharsets.US_ASCII));
      return Optional.of(new Block(found.group(1), bytes));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
