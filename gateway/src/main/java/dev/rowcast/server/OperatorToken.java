package dev.rowcast.server;

import dev.rowcast.base.Secret;
import dev.rowcast.protocol.HttpHead;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * What requests of operators must carry: {@code Authorization: Bearer TOKEN}.
 *
 * <p>Immutable. Digests are compared, in a time that does not tell how much of a guess was right,
 * nor how long the token is.
 */
final class OperatorToken {
  private static final String SCHEME = "Bearer ";

  private final byte[] digest;

  OperatorToken(Secret token) {
    digest = digest(token.reveal());
  }

  /** Whether the request carries it. */
  boolean fits(HttpHead request) {
    var presented =
        request
            .single("authorization")
            .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
            .map(value -> value.substring(SCHEME.length()).strip());
    return presented.isPresent() && MessageDigest.isEqual(digest, digest(presented.get()));
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
