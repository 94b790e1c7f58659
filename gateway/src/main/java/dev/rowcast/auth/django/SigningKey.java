package dev.rowcast.auth.django;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Django's salted HMAC: the key is the digest of salt and SECRET_KEY together.
 *
 * <p>Immutable.
 */
enum SigningKey {
  SHA1("SHA-1", "HmacSHA1"),
  SHA256("SHA-256", "HmacSHA256");

  private final String digest;
  private final String mac;

  SigningKey(String digest, String mac) {
    this.digest = digest;
    this.mac = mac;
  }

  byte[] sign(String salt, String secret, byte[] value) {
    try {
      var key =
          MessageDigest.getInstance(digest)
              .digest((salt + secret).getBytes(StandardCharsets.UTF_8));
      var signer = Mac.getInstance(mac);
      signer.init(new SecretKeySpec(key, mac));
      return signer.doFinal(value);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has " + mac, e);
    }
  }

  /** The algorithm that gives so many bytes; SHA-256 for any other number, which never fits. */
  static SigningKey ofLength(int bytes) {
    return bytes == 20 ? SHA1 : SHA256;
  }
}
