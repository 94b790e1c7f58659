package dev.rowcast.auth.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.rowcast.base.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.text.ParseException;
import java.util.Optional;

/**
 * Makes tokens, for tests and for trying out: an application's own issuer does it in earnest.
 *
 * <p>Thread-safe.
 */
public final class TokenMint {
  private final Optional<String> keyId;
  private final JWSAlgorithm algorithm;
  private final Secret key;

  /**
   * A mint that signs by this key: a private key in PEM form, or else a shared secret.
   *
   * @param algorithm empty: the one that goes with the key
   * @throws IllegalArgumentException with a sentence, when key and algorithm do not go together
   */
  public TokenMint(Secret key, Optional<String> algorithm, Optional<String> keyId) {
    this.key = key;
    this.keyId = keyId;
    this.algorithm = algorithm.map(JWSAlgorithm::parse).orElseGet(() -> usual(key.reveal()));
    mint("{}");
  }

  /**
   * A token with these claims.
   *
   * @param claims a JSON object
   * @throws IllegalArgumentException with a sentence, when they cannot be signed
   */
  public String mint(String claims) {
    try {
      var header = new JWSHeader.Builder(algorithm).type(JOSEObjectType.JWT);
      keyId.ifPresent(header::keyID);
      var content = JWTClaimsSet.parse(claims);
      var pem = Pem.isPem(key.reveal());
      if (pem && Pem.privateKey(key.reveal()) instanceof EdECPrivateKey edwards) {
        return edwards(header.build(), content, edwards);
      }
      var token = new SignedJWT(header.build(), content);
      token.sign(pem ? signer(Pem.privateKey(key.reveal())) : secretSigner(key));
      return token.serialize();
    } catch (ParseException e) {
      throw new IllegalArgumentException("the claims are not a JSON object", e);
    } catch (JOSEException e) {
      throw new IllegalArgumentException(
          "this key signs no " + algorithm + ": " + e.getMessage(), e);
    }
  }

  private static JWSSigner secretSigner(Secret secret) throws JOSEException {
    return new MACSigner(secret.reveal().getBytes(StandardCharsets.UTF_8));
  }

  private JWSSigner signer(PrivateKey privateKey) throws JOSEException {
    return switch (privateKey) {
      case RSAPrivateKey rsa -> new RSASSASigner(rsa);
      case ECPrivateKey ec -> new ECDSASigner(ec);
      default -> throw new JOSEException("keys of " + privateKey.getAlgorithm());
    };
  }

  private static JWSAlgorithm usual(String key) {
    if (!Pem.isPem(key)) {
      return JWSAlgorithm.HS256;
    }
    return switch (Pem.privateKey(key)) {
      case ECPrivateKey ec ->
          switch (ec.getParams().getOrder().bitLength()) {
            case 384 -> JWSAlgorithm.ES384;
            case 521 -> JWSAlgorithm.ES512;
            default -> JWSAlgorithm.ES256;
          };
      case EdECPrivateKey _ -> JWSAlgorithm.EdDSA;
      default -> JWSAlgorithm.RS256;
    };
  }

  private static String edwards(JWSHeader header, JWTClaimsSet claims, EdECPrivateKey privateKey)
      throws JOSEException {
    try {
      var signed = header.toBase64URL() + "." + Base64URL.encode(claims.toString(false));
      var signer = Signature.getInstance("Ed25519");
      signer.initSign(privateKey);
      signer.update(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + Base64URL.encode(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new JOSEException(e.getMessage(), e);
    }
  }
}
