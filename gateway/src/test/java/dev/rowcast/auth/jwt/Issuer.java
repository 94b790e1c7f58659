package dev.rowcast.auth.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rowcast.base.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.text.ParseException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** Makes keys and tokens, good and bad ones. Stateless. */
final class Issuer {
  private Issuer() {}

  static KeyPair rsa() {
    try {
      var generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair ec(String curve) {
    try {
      var generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static KeyPair edwards() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String pem(String label, Key key) {
    var body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  static String publicPem(KeyPair pair) {
    return pem("PUBLIC KEY", pair.getPublic());
  }

  /** The public key as an issuer publishes it. */
  static JWK jwk(String id, KeyPair pair) {
    return switch (pair.getPublic()) {
      case RSAPublicKey rsa -> new RSAKey.Builder(rsa).keyID(id).build();
      case ECPublicKey ec ->
          new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec).keyID(id).build();
      case EdECPublicKey edwards ->
          new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(raw(edwards))).keyID(id).build();
      default -> throw new IllegalArgumentException(pair.getPublic().getAlgorithm());
    };
  }

  /** The last 32 bytes of the encoded key are the key. */
  private static byte[] raw(EdECPublicKey key) {
    var encoded = key.getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
  }

  static String token(KeyPair pair, String algorithm, Optional<String> id, String claims) {
    return new TokenMint(
            new Secret(pem("PRIVATE KEY", pair.getPrivate())), Optional.of(algorithm), id)
        .mint(claims);
  }

  static String token(String secret, String algorithm, String claims) {
    return new TokenMint(new Secret(secret), Optional.of(algorithm), Optional.empty()).mint(claims);
  }

  /** The HMAC of a token under any bytes, for example those of a public key. */
  static String hmac(byte[] secret, Optional<String> id, String claims) {
    try {
      var header = new JWSHeader.Builder(JWSAlgorithm.HS256).keyID(id.orElse(null)).build();
      var token = new SignedJWT(header, JWTClaimsSet.parse(claims));
      token.sign(new MACSigner(secret));
      return token.serialize();
    } catch (JOSEException | ParseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A token that says it is not signed. */
  static String unsigned(String claims) {
    return encoded("{\"alg\":\"none\"}") + "." + encoded(claims) + ".";
  }

  /** The token with another header and the signature as it was. */
  static String withHeader(String token, String header) {
    return encoded(header) + token.substring(token.indexOf('.'));
  }

  /** The token with other claims and the signature as it was. */
  static String withClaims(String token, String claims) {
    return token.substring(0, token.indexOf('.') + 1)
        + encoded(claims)
        + token.substring(token.lastIndexOf('.'));
  }

  private static String encoded(String text) {
    return Base64URL.encode(text.getBytes(StandardCharsets.UTF_8)).toString();
  }
}
