package dev.rowcast.auth.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import dev.rowcast.base.Secret;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Optional;
import java.util.Set;

/**
 * A key that signatures are checked by, bound to the algorithms of its own kind: a token cannot
 * choose to have an RSA key taken for the secret of an HMAC.
 *
 * <p>Thread-safe.
 */
final class VerificationKey {
  private final Optional<String> id;
  private final Set<JWSAlgorithm> algorithms;
  private final JWSVerifier verifier;

  private VerificationKey(Optional<String> id, Set<JWSAlgorithm> algorithms, JWSVerifier verifier) {
    this.id = id;
    this.algorithms = Set.copyOf(algorithms);
    this.verifier = verifier;
  }

  /** The shared secret of HS256, HS384 and HS512, as far as its length allows. */
  static VerificationKey of(Secret secret) {
    try {
      var verifier = new MACVerifier(secret.reveal().getBytes(StandardCharsets.UTF_8));
      return new VerificationKey(Optional.empty(), verifier.supportedJWSAlgorithms(), verifier);
    } catch (JOSEException e) {
      throw new IllegalArgumentException("auth.jwt.secret cannot be used: " + e.getMessage(), e);
    }
  }

  /** A public key, with every algorithm of its kind. */
  static VerificationKey of(PublicKey key) {
    return of(Optional.empty(), Optional.empty(), key);
  }

  /** A key of a set; empty: not for signatures, or of a kind that is not understood. */
  static Optional<VerificationKey> of(JWK jwk) {
    if (KeyUse.ENCRYPTION.equals(jwk.getKeyUse())) {
      return Optional.empty();
    }
    var id = Optional.ofNullable(jwk.getKeyID());
    var algorithm =
        Optional.ofNullable(jwk.getAlgorithm()).map(name -> new JWSAlgorithm(name.getName()));
    try {
      return switch (jwk) {
        case RSAKey rsa -> Optional.of(of(id, algorithm, rsa.toRSAPublicKey()));
        case ECKey ec -> Optional.of(of(id, algorithm, ec.toECPublicKey()));
        case OctetKeyPair pair when Curve.Ed25519.equals(pair.getCurve()) ->
            Optional.of(of(id, algorithm, edwards(pair.getDecodedX())));
        default -> Optional.empty();
      };
    } catch (JOSEException | GeneralSecurityException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static VerificationKey of(
      Optional<String> id, Optional<JWSAlgorithm> only, PublicKey key) {
    try {
      JWSVerifier verifier =
          switch (key) {
            case RSAPublicKey rsa -> new RSASSAVerifier(rsa);
            case ECPublicKey ec -> new ECDSAVerifier(ec);
            case EdECPublicKey edwards -> new Ed25519Check(edwards);
            default ->
                throw new IllegalArgumentException(
                    "auth.jwt.public-key is neither an RSA nor an EC nor an Ed25519 key");
          };
      var all = verifier.supportedJWSAlgorithms();
      return new VerificationKey(
          id,
          only.map(one -> all.contains(one) ? Set.of(one) : Set.<JWSAlgorithm>of()).orElse(all),
          verifier);
    } catch (JOSEException e) {
      throw new IllegalArgumentException(
          "auth.jwt.public-key cannot be used: " + e.getMessage(), e);
    }
  }

  /** RFC 8032 section 5.1.2: little-endian y, with the lowest bit of x on top. */
  private static PublicKey edwards(byte[] x) throws GeneralSecurityException {
    if (x.length != 32) {
      throw new IllegalArgumentException("an Ed25519 key has 32 bytes");
    }
    var bigEndian = new byte[32];
    for (int i = 0; i < 32; i++) {
      bigEndian[i] = x[31 - i];
    }
    var odd = (bigEndian[0] & 0x80) != 0;
    bigEndian[0] &= 0x7F;
    return KeyFactory.getInstance("Ed25519")
        .generatePublic(
            new EdECPublicKeySpec(
                NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, bigEndian))));
  }

  /** The name that tokens know this key by. */
  Optional<String> id() {
    return id;
  }

  boolean allows(JWSAlgorithm algorithm) {
    return algorithms.contains(algorithm);
  }

  /** Whether the signature is of this key; any failure is a no. */
  boolean verifies(JWSHeader header, byte[] signed, Base64URL signature) {
    try {
      return verifier.verify(header, signed, signature);
    } catch (JOSEException _) {
      return false;
    }
  }
}
