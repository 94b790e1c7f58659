package dev.rowcast.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What each key means now: what was written where it could be read, else the default.
 *
 * <p>Confined to one thread while it is filled, then only read.
 */
final class Values {
  private final Map<String, Object> meanings = new HashMap<>();
  private final Map<String, Value> written = new HashMap<>();

  /** Reads the keys of {@code keys} from what was written for them. */
  static Values read(
      Iterable<Key<?>> keys, Map<String, Value> written, Origin at, Problems problems) {
    var values = new Values();
    for (var key : keys) {
      values.read(key, Optional.ofNullable(written.get(key.name())), at, problems);
    }
    return values;
  }

  private <T> void read(Key<T> key, Optional<Value> value, Origin at, Problems problems) {
    value.ifPresent(found -> written.put(key.name(), found));
    if (value.isEmpty() && key.byDefault().isEmpty()) {
      problems.add(at, key.name() + " is missing; write for example " + key.example());
    }
    value
        .flatMap(found -> key.read(found, problems))
        .or(key::byDefault)
        .ifPresent(meaning -> meanings.put(key.name(), meaning));
  }

  /** The meaning of a key; a required key is there if no problem was found. */
  @SuppressWarnings("unchecked") // put under this name only with the key's own type, in read
  <T> T get(Key<T> key) {
    return (T) Objects.requireNonNull(meanings.get(key.name()), key.name());
  }

  Optional<Value> written(Key<?> key) {
    return Optional.ofNullable(written.get(key.name()));
  }

  Origin origin(String name) {
    var value = written.get(name);
    return value == null ? new Origin.Default() : value.origin();
  }
}
