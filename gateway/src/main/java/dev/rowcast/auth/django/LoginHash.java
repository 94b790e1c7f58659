package dev.rowcast.auth.django;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.base.Secret;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * What Django notes of the user's password in a session, so that a changed password ends every
 * session: a salted HMAC, SHA-1 until 3.0 and SHA-256 since 3.1.
 *
 * <p>Immutable.
 */
record LoginHash(List<Secret> keys) {
  private static final String SALT =
      "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash";

  /** Whether this was noted of this encoded password under one of the keys. */
  boolean fits(String noted, String password) {
    var algorithm = SigningKey.ofLength(noted.length() / 2);
    return keys.stream()
        .map(key -> algorithm.sign(SALT, key.reveal(), password.getBytes(UTF_8)))
        .anyMatch(hash ->
            MessageDigest.isEqual(
                HexFormat.of().formatHex(hash).getBytes(UTF_8), noted.getBytes(UTF_8)));
  }
}
