package dev.rowcast.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** How a browser session's key stands in the names of channels: {@code auth.session-keys}. */
public enum SessionKeys {
  /** As it is, as in ws4redis: whoever may read channel names can take over the session. */
  RAW {
    @Override
    public String outside(String key) {
      return key;
    }
  },
  /** Its SHA-256 in lower-case hex: whoever may read channel names learns no key. */
  HASHED {
    @Override
    public String outside(String key) {
      try {
        var digest = MessageDigest.getInstance("SHA-256");
        return HexFormat.of().formatHex(digest.digest(key.getBytes(StandardCharsets.UTF_8)));
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every JDK has SHA-256", e);
      }
    }
  };

  /** What stands for {@code key} in a channel's name. */
  public abstract String outside(String key);
}
