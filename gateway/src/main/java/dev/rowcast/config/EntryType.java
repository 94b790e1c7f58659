package dev.rowcast.config;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A block of keys that stands in a list: a rule of {@code routes}, of {@code access.facilities}, of
 * {@code capture.tables}.
 *
 * <p>Immutable.
 *
 * @param build makes the record; refuses with a sentence
 * @param form an entry as an operator would write it
 */
record EntryType<T>(
    String noun, List<Key<?>> keys, Function<Values, T> build, Function<T, String> form)
    implements Type<T> {

  @Override
  public Optional<T> read(String name, Value value, Problems problems) {
    if (!(value instanceof Value.Fields fields)) {
      problems.add(
          value.origin(), name + ": " + noun + " must be a block of keys, with " + keyNames());
      return Optional.empty();
    }
    var before = problems.count();
    var known = keys.stream().map(Key::name).toList();
    fields
        .fields()
        .forEach((field, found) -> {
          if (!known.contains(field)) {
            problems.add(
                found.origin(),
                "unknown key '" + field + "' in " + name + NearMiss.hint(field, known));
          }
        });
    var values = Values.read(keys, fields.fields(), fields.origin(), problems);
    if (problems.count() > before) {
      return Optional.empty();
    }
    try {
      return Optional.of(build.apply(values));
    } catch (IllegalArgumentException e) {
      problems.add(fields.origin(), name + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private String keyNames() {
    return keys.stream().map(Key::name).collect(Collectors.joining(", "));
  }

  @Override
  public String words() {
    return noun;
  }

  @Override
  public String written(T value) {
    return form.apply(value);
  }

  /** Of a list that is empty by default. */
  static <T> EntryType<T> withoutDefault(
      String noun, List<Key<?>> keys, Function<Values, T> build) {
    return new EntryType<>(
        noun,
        keys,
        build,
        _ -> {
          throw new IllegalStateException("an entry has no default");
        });
  }
}
