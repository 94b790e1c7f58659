package dev.rowcast.config;

import dev.rowcast.base.Glob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.IntFunction;

/**
 * Lays the sources over each other, the later over the earlier, and refuses names nobody knows.
 *
 * <p>Confined to one thread.
 */
final class Layers {
  /** Names of our own that are no keys; the launcher reads most of them. */
  static final List<Glob> OTHER_VARIABLES =
      Glob.all(
          List.of(
              "ROWCAST_CONFIG",
              "ROWCAST_JAVA_HOME",
              "ROWCAST_JAVA_OPTS",
              "ROWCAST_CACHE",
              "ROWCAST_TEST_*"));

  private final Problems problems;

  Layers(Problems problems) {
    this.problems = problems;
  }

  /** What was written for each key, by the source that wins. */
  Map<String, Value> read(Sources sources) {
    Map<String, Value> written = new LinkedHashMap<>();
    file(sources).ifPresent(file -> written.putAll(fromFile(file)));
    written.putAll(SeedEnvironment.read(sources.environment(), problems));
    fromEnvironment(sources.environment(), written::put);
    for (var setting : sources.flags()) {
      fromFlag(setting, written::put);
    }
    Map<String, Value> all = new LinkedHashMap<>(profile(written));
    all.putAll(written);
    return all;
  }

  private static Optional<Path> file(Sources sources) {
    return sources
        .file()
        .or(() -> Optional.ofNullable(sources.environment().get("ROWCAST_CONFIG")).map(Path::of));
  }

  private Map<String, Value> fromFile(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      var reason = Files.exists(file) ? "cannot be read" : "does not exist";
      problems.add(new Origin.Default(), "the configuration file " + file + " " + reason);
      return Map.of();
    }
    return flat(text, line -> new Origin.File(file.toString(), line));
  }

  private Map<String, Value> profile(Map<String, Value> written) {
    var name =
        Optional.ofNullable(written.get(Keys.PROFILE.name()))
            .filter(Value.Text.class::isInstance)
            .map(value -> ((Value.Text) value).text())
            .filter(Profile.NAMES::contains);
    return name.map(known -> flat(Profile.text(known), _ -> new Origin.Profile(known)))
        .orElse(Map.of());
  }

  private Map<String, Value> flat(String text, IntFunction<Origin> place) {
    Map<String, Value> flat = new LinkedHashMap<>();
    YamlText.read(text, problems, place)
        .ifPresent(document -> {
          switch (document) {
            case Value.Fields fields -> flatten("", fields, flat);
            case Value.Nothing _ -> {}
            case Value.Text _, Value.Items _ ->
                problems.add(document.origin(), "the file must be a block of keys");
          }
        });
    return flat;
  }

  private void flatten(String path, Value.Fields block, Map<String, Value> flat) {
    block
        .fields()
        .forEach((word, value) -> {
          var name = path.isEmpty() ? word : path + "." + word;
          if (Keys.named(name).isPresent()) {
            if (flat.putIfAbsent(name, value) != null) {
              problems.add(value.origin(), "'" + name + "' is set twice");
            }
          } else if (name.equals("redis") && value instanceof Value.Text none) {
            flat.put(Keys.REDIS_URL.name(), none);
          } else if (Keys.isBlock(name) && value instanceof Value.Fields inner) {
            flatten(name, inner, flat);
          } else if (Keys.isBlock(name)) {
            if (!(value instanceof Value.Nothing)) {
              problems.add(value.origin(), "'" + name + "' must be a block of keys");
            }
          } else {
            refuse(name, value.origin());
          }
        });
  }

  private void fromEnvironment(Map<String, String> environment, BiConsumer<String, Value> to) {
    new TreeMap<>(environment)
        .forEach((name, text) -> {
          if (!name.startsWith("ROWCAST_")
              || OTHER_VARIABLES.stream().anyMatch(other -> other.matches(name))) {
            return;
          }
          var origin = new Origin.Environment(name);
          var key = Keys.ofEnvironment(name);
          if (key.isPresent()) {
            value(key.get(), text, origin).ifPresent(value -> to.accept(key.get().name(), value));
          } else {
            problems.add(
                origin, "no setting has this name" + NearMiss.hint(name, Keys.environmentNames()));
          }
        });
  }

  private void fromFlag(Sources.Setting setting, BiConsumer<String, Value> to) {
    var origin = new Origin.Flag(setting.flag());
    var key = Keys.named(setting.key());
    if (key.isPresent()) {
      value(key.get(), setting.value(), origin).ifPresent(value -> to.accept(setting.key(), value));
    } else if (Keys.isBlock(setting.key())) {
      problems.add(origin, "'" + setting.key() + "' is a block of keys; set one of them");
    } else {
      refuse(setting.key(), origin);
    }
  }

  private void refuse(String name, Origin origin) {
    problems.add(origin, "unknown key '" + name + "'" + NearMiss.hint(name, Keys.names()));
  }

  /** A text from outside YAML: a list is YAML in brackets or words between commas. */
  private Optional<Value> value(Key<?> key, String text, Origin origin) {
    if (key.type().isYamlInText(text)) {
      return YamlText.read(text, problems, _ -> origin);
    }
    if (text.equals("null")) {
      return Optional.of(new Value.Nothing(origin));
    }
    if (key.type().isYamlInText("[") && text.contains(",")) {
      List<Value> items =
          List.of(text.split(",", -1)).stream()
              .<Value>map(word -> new Value.Text(word.strip(), false, origin))
              .toList();
      return Optional.of(new Value.Items(items, origin));
    }
    return Optional.of(new Value.Text(text, false, origin));
  }
}
