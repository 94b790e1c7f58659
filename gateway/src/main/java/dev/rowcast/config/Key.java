package dev.rowcast.config;

import java.util.Locale;
import java.util.Optional;

/**
 * One thing that can be set.
 *
 * <p>Immutable.
 *
 * @param name with dots, as in the file's blocks
 * @param byDefault empty: it must be set
 * @param owner the settings record it goes into
 */
record Key<T>(
    String name,
    Type<T> type,
    Optional<T> byDefault,
    Class<?> owner,
    String description,
    String example) {

  static <T> Key<T> of(
      String name, Type<T> type, T byDefault, Class<?> owner, String description, String example) {
    return new Key<>(name, type, Optional.of(byDefault), owner, description, example);
  }

  static <T> Key<T> required(
      String name, Type<T> type, Class<?> owner, String description, String example) {
    return new Key<>(name, type, Optional.empty(), owner, description, example);
  }

  /** {@code ROWCAST_WEBSOCKET_MAX_MESSAGE} for {@code websocket.max-message}. */
  String environmentName() {
    return "ROWCAST_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }

  /** The default as an operator would write it. */
  String defaultWritten() {
    return byDefault.map(type::written).orElse("must be set");
  }

  Optional<T> read(Value value, Problems problems) {
    return type.read(name, value, problems);
  }
}
