package dev.rowcast.auth.jwt;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jca.JCAContext;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.util.Set;

/**
 * Checks EdDSA signatures by the JDK; the library's own way needs one more dependency.
 *
 * <p>Thread-safe.
 */
final class Ed25519Check implements JWSVerifier {
  private final EdECPublicKey key;
  private final JCAContext providers = new JCAContext();

  Ed25519Check(EdECPublicKey key) {
    if (!key.getParams().getName().equals("Ed25519")) {
      throw new IllegalArgumentException("auth.jwt.public-key is of a curve other than Ed25519");
    }
    this.key = key;
  }

  /** RFC 8037 calls it EdDSA, RFC 9864 Ed25519. */
  @Override
  public Set<JWSAlgorithm> supportedJWSAlgorithms() {
    return Set.of(JWSAlgorithm.EdDSA, JWSAlgorithm.Ed25519);
  }

  @Override
  public JCAContext getJCAContext() {
    return providers;
  }

  /** A header that demands what is not understood is not accepted (RFC 7515 section 4.1.11). */
  @Override
  public boolean verify(JWSHeader header, byte[] signed, Base64URL signature) {
    if (header.getCriticalParams() != null && !header.getCriticalParams().isEmpty()) {
      return false;
    }
    try {
      var check = Signature.getInstance("Ed25519");
      check.initVerify(key);
      check.update(signed);
      return check.verify(signature.decode());
    } catch (GeneralSecurityException _) {
      return false;
    }
  }
}
