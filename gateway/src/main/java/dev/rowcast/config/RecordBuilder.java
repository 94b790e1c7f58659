package dev.rowcast.config;

import dev.rowcast.base.Secret;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes settings records of values, and puts what a record refuses to the place of the key.
 *
 * <p>Confined to one thread.
 */
record RecordBuilder(Values values, Problems problems) {

  /** The record, or nothing after its refusal has been put to the place of the key it names. */
  <T> Optional<T> built(Supplier<T> record) {
    try {
      return Optional.of(record.get());
    } catch (IllegalArgumentException e) {
      var message = String.valueOf(e.getMessage());
      var origin =
          Keys.names().stream()
              .filter(name -> message.matches("(?s)" + name + "\\b.*"))
              .max(Comparator.comparingInt(String::length))
              .map(this::place)
              .orElse(new Origin.Default());
      problems.add(origin, message);
      return Optional.empty();
    }
  }

  /** A secret is often in the file that another key names. */
  private Origin place(String name) {
    var origin = values.origin(name);
    return origin instanceof Origin.Default ? values.origin(name + "-file") : origin;
  }

  /** A secret that stands in the text or in the file, not in both. */
  Optional<Secret> secret(Key<Optional<Secret>> text, Key<Optional<Path>> file) {
    var fromFile = values.get(file);
    if (fromFile.isEmpty()) {
      return values.get(text);
    }
    if (values.get(text).isPresent()) {
      problems.add(
          values.origin(text.name()),
          text.name()
              + " and "
              + file.name()
              + " ("
              + values.origin(file.name())
              + ") are both set; leave one out");
    }
    return content(file);
  }

  /** What the file holds, if one is named. */
  Optional<Secret> content(Key<Optional<Path>> file) {
    return values
        .get(file)
        .flatMap(path ->
            Types.fileContent(file.name(), path.toString(), values.origin(file.name()), problems));
  }
}
