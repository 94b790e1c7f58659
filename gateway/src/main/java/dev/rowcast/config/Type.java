package dev.rowcast.config;

import java.util.Optional;

/**
 * What may be written for a key, and what it means.
 *
 * <p>Immutable.
 */
interface Type<T> {

  /**
   * The meaning of a value; empty when it has none, after saying so.
   *
   * @param name the key as the operator knows it, for the sentence
   */
  Optional<T> read(String name, Value value, Problems problems);

  /** What may be written, in a few words for the reference page. */
  String words();

  /** A value of this type as an operator would write it. */
  String written(T value);

  /** Whether what was written must not be shown. */
  default Value shown(Value value) {
    return value;
  }

  /** Whether an environment variable or a flag holds YAML for this type, rather than a text. */
  default boolean isYamlInText(String text) {
    return false;
  }
}
