package dev.rowcast.auth.django;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rowcast.auth.django.DecodedSession.Read;
import dev.rowcast.auth.django.DecodedSession.Refused;
import dev.rowcast.base.Secret;
import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads sessions as Django's engines store them.
 *
 * <p>Immutable. A pure function: any bytes give a session or a refusal, never an exception.
 *
 * <pre>
 *   until 3.0   base64( hex HMAC-SHA1 ':' JSON )
 *   since 3.1   ['.'] base64url( JSON, deflated behind a dot ) ':' base62 seconds ':' base64url HMAC
 *   in a cache  JSON
 * </pre>
 *
 * <p>Pickled sessions are refused: reading a pickle means running what it says.
 */
public final class SessionDecoder {
  /** What a session may grow to; Django's own hold a few hundred bytes. */
  private static final int MOST = 1 << 20;

  private static final String OLD_SALT = "django.contrib.sessionsSessionStore";
  private static final String NEW_SALT = "django.contrib.sessions.SessionStoresigner";
  private static final byte PICKLE = (byte) 0x80;
  private static final Refused PICKLED =
      new Refused(
          "the session is pickled, and a pickle is never read here: set SESSION_SERIALIZER to"
              + " django.contrib.sessions.serializers.JSONSerializer");
  private static final Refused UNSIGNED =
      new Refused("the session's signature is not of auth.django.secret-key");

  private static final JsonMapper JSON = JsonMapper.shared();

  private final List<Secret> keys;

  /** Checks signatures against the first of these keys that fits; without keys, not at all. */
  public SessionDecoder(List<Secret> keys) {
    this.keys = List.copyOf(keys);
  }

  /** What these stored bytes say. */
  public DecodedSession decode(byte[] stored) {
    if (stored.length > MOST) {
      return new Refused("the session is longer than " + MOST + " bytes");
    }
    if (stored.length == 0) {
      return new Refused("the session is empty");
    }
    if (stored[0] == PICKLE) {
      return PICKLED;
    }
    var text = new String(stored, UTF_8);
    if (text.charAt(0) == '{') {
      return json(stored);
    }
    return text.indexOf(':') >= 0 ? signed(text) : old(text);
  }

  private DecodedSession old(String text) {
    byte[] all;
    try {
      all = Base64.getDecoder().decode(text.strip());
    } catch (IllegalArgumentException _) {
      return new Refused("the session is in no encoding of Django's");
    }
    var colon = indexOf(all, (byte) ':');
    if (colon < 0) {
      return new Refused("the session is in no encoding of Django's");
    }
    var payload = Arrays.copyOfRange(all, colon + 1, all.length);
    if (!keys.isEmpty()) {
      var hash = new String(all, 0, colon, UTF_8);
      if (keys.stream().noneMatch(key -> equal(hash, oldHash(key, payload)))) {
        return UNSIGNED;
      }
    }
    return payload(payload);
  }

  private static String oldHash(Secret key, byte[] payload) {
    return HexFormat.of().formatHex(SigningKey.SHA1.sign(OLD_SALT, key.reveal(), payload));
  }

  private DecodedSession signed(String text) {
    var signature = text.lastIndexOf(':');
    var timestamp = text.lastIndexOf(':', signature - 1);
    if (timestamp < 0) {
      return new Refused("the session is in no encoding of Django's");
    }
    if (!keys.isEmpty() && !isSigned(text.substring(0, signature), text.substring(signature + 1))) {
      return UNSIGNED;
    }
    var deflated = text.charAt(0) == '.';
    try {
      var payload = Base64.getUrlDecoder().decode(text.substring(deflated ? 1 : 0, timestamp));
      return deflated ? inflated(payload) : payload(payload);
    } catch (IllegalArgumentException _) {
      return new Refused("the session is in no encoding of Django's");
    }
  }

  /** Django 3.1 and 3.2 could be told to sign with SHA-1 still. */
  private boolean isSigned(String value, String signature) {
    byte[] given;
    try {
      given = Base64.getUrlDecoder().decode(signature);
    } catch (IllegalArgumentException _) {
      return false;
    }
    var algorithm = SigningKey.ofLength(given.length);
    return keys.stream()
        .anyMatch(key ->
            MessageDigest.isEqual(
                given, algorithm.sign(NEW_SALT, key.reveal(), value.getBytes(UTF_8))));
  }

  private static DecodedSession inflated(byte[] deflated) {
    try (var inflater = new Inflater()) {
      inflater.setInput(deflated);
      var payload = new ByteArrayOutputStream();
      var buffer = new byte[4096];
      while (!inflater.finished()) {
        var count = inflater.inflate(buffer);
        payload.write(buffer, 0, count);
        if (payload.size() > MOST) {
          return new Refused("the session is longer than " + MOST + " bytes");
        }
        if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
          return new Refused("the session is not deflated as it says");
        }
      }
      return payload(payload.toByteArray());
    } catch (DataFormatException _) {
      return new Refused("the session is not deflated as it says");
    }
  }

  private static DecodedSession payload(byte[] payload) {
    return payload.length > 0 && payload[0] == PICKLE ? PICKLED : json(payload);
  }

  private static DecodedSession json(byte[] text) {
    JsonNode tree;
    try {
      tree = JSON.readTree(text);
    } catch (JacksonException _) {
      return new Refused("the session is not JSON; a serializer of one's own is not understood");
    }
    if (!tree.isObject()) {
      return new Refused("the session is not a JSON object");
    }
    var members = new ArrayList<String>();
    for (var name : tree.path("ws4redis:memberof")) {
      if (name.isString()) {
        members.add(name.stringValue());
      }
    }
    return new Read(word(tree.path("_auth_user_id")), word(tree.path("_auth_user_hash")), members);
  }

  private static Optional<String> word(JsonNode node) {
    return node.isString() || node.isIntegralNumber()
        ? Optional.of(node.asString())
        : Optional.empty();
  }

  private static boolean equal(String one, String other) {
    return MessageDigest.isEqual(one.getBytes(UTF_8), other.getBytes(UTF_8));
  }

  private static int indexOf(byte[] bytes, byte wanted) {
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == wanted) {
        return i;
      }
    }
    return -1;
  }
}
