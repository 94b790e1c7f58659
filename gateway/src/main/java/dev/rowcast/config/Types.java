package dev.rowcast.config;

import dev.rowcast.base.DataSize;
import dev.rowcast.base.Endpoint;
import dev.rowcast.base.Glob;
import dev.rowcast.base.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The types of keys. Stateless. */
final class Types {
  private static final Pattern URL_PASSWORD = Pattern.compile("(://[^:/@?#]*):[^/?#]*@");
  private static final Pattern QUERY_PASSWORD = Pattern.compile("([?&]password=)[^&#]*");

  private Types() {}

  /** One word, understood by {@code meaning}, which refuses with a sentence. */
  private record Scalar<T>(String words, Function<String, T> meaning, Function<T, String> form)
      implements Type<T> {
    @Override
    public Optional<T> read(String name, Value value, Problems problems) {
      if (!(value instanceof Value.Text text)) {
        problems.add(value.origin(), name + " must be " + words + ", not " + kind(value));
        return Optional.empty();
      }
      try {
        return Optional.of(meaning.apply(text.text()));
      } catch (IllegalArgumentException e) {
        problems.add(value.origin(), name + ": " + e.getMessage());
        return Optional.empty();
      }
    }

    @Override
    public String written(T value) {
      return form.apply(value);
    }
  }

  /** A text that must not be shown; {@code @FILE} stands for the content of a file. */
  private record Hidden(String words, Function<String, String> mask) implements Type<Secret> {
    @Override
    public Optional<Secret> read(String name, Value value, Problems problems) {
      if (!(value instanceof Value.Text text)) {
        problems.add(value.origin(), name + " must be " + words + ", not " + kind(value));
        return Optional.empty();
      }
      return text.text().startsWith("@")
          ? fileContent(name, text.text().substring(1), value.origin(), problems)
          : Optional.of(new Secret(text.text()));
    }

    @Override
    public String written(Secret value) {
      return mask.apply(value.reveal());
    }

    @Override
    public Value shown(Value value) {
      return value instanceof Value.Text text && !text.text().startsWith("@")
          ? new Value.Text(mask.apply(text.text()), text.quoted(), text.origin())
          : value;
    }
  }

  private record Nullable<T>(Type<T> type) implements Type<Optional<T>> {
    @Override
    public Optional<Optional<T>> read(String name, Value value, Problems problems) {
      if (value instanceof Value.Nothing) {
        return Optional.of(Optional.empty());
      }
      var meaning = type.read(name, value, problems);
      return meaning.isPresent() ? Optional.of(meaning) : Optional.empty();
    }

    @Override
    public String words() {
      return type.words() + ", or null for none";
    }

    @Override
    public String written(Optional<T> value) {
      return value.map(type::written).orElse("null");
    }

    @Override
    public Value shown(Value value) {
      return type.shown(value);
    }
  }

  /** A list; a single value stands for a list of one. */
  private record ListOf<T>(Type<T> type) implements Type<List<T>> {
    @Override
    public Optional<List<T>> read(String name, Value value, Problems problems) {
      var before = problems.count();
      List<T> list = new ArrayList<>();
      for (var item : items(value)) {
        type.read(name, item, problems).ifPresent(list::add);
      }
      return problems.count() == before ? Optional.of(List.copyOf(list)) : Optional.empty();
    }

    private static List<Value> items(Value value) {
      return switch (value) {
        case Value.Nothing _ -> List.of();
        case Value.Items list -> list.items();
        case Value.Text text when !text.quoted() && text.text().isEmpty() -> List.of();
        case Value.Text text -> List.of(text);
        case Value.Fields fields -> List.of(fields);
      };
    }

    @Override
    public String words() {
      return "a list; of each " + type.words();
    }

    @Override
    public String written(List<T> value) {
      return value.stream()
          .map(item -> Value.Text.written(type.written(item)))
          .collect(Collectors.joining(", ", "[", "]"));
    }

    @Override
    public Value shown(Value value) {
      return value instanceof Value.Items list
          ? new Value.Items(list.items().stream().map(type::shown).toList(), list.origin())
          : type.shown(value);
    }

    @Override
    public boolean isYamlInText(String text) {
      return text.startsWith("[") || text.startsWith("{") || text.contains("\n");
    }
  }

  static Type<String> text(String words) {
    return new Scalar<>(words, Function.identity(), Value.Text::written);
  }

  /** A text that {@code meaning} understands or refuses with a sentence. */
  static <T> Type<T> parsed(String words, Function<String, T> meaning, Function<T, String> form) {
    return new Scalar<>(words, meaning, form);
  }

  static Type<Secret> secret() {
    return new Hidden("a text, or @FILE for the content of a file", _ -> Secret.MASK);
  }

  /** An address that may hold a password. */
  static Type<Secret> url(String words) {
    return new Hidden(words, Types::withoutPassword);
  }

  static <T> Type<Optional<T>> nullable(Type<T> type) {
    return new Nullable<>(type);
  }

  static <T> Type<List<T>> listOf(Type<T> type) {
    return new ListOf<>(type);
  }

  static Type<Path> path() {
    return new Scalar<>(
        "the name of a file",
        text -> {
          try {
            return Path.of(text);
          } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not the name of a file", e);
          }
        },
        Path::toString);
  }

  static Type<Glob> glob() {
    return new Scalar<>(
        "a pattern in which * is any run of characters", Types::glob, Glob::pattern);
  }

  static Type<Boolean> yesOrNo() {
    return new Scalar<>(
        "true or false",
        text ->
            switch (text) {
              case "true" -> true;
              case "false" -> false;
              default -> throw new IllegalArgumentException("'" + text + "' is not true or false");
            },
        String::valueOf);
  }

  static Type<Integer> number() {
    return new Scalar<>(
        "a whole number",
        text -> {
          try {
            return Integer.valueOf(text.strip());
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a whole number", e);
          }
        },
        String::valueOf);
  }

  static Type<DataSize> size() {
    return new Scalar<>("a size such as 64KiB or 1MiB", DataSize::parse, DataSize::toString);
  }

  static Type<Duration> duration() {
    return new Scalar<>(
        "a time such as 250ms, 30s, 5m or 1h", DurationText::parse, DurationText::written);
  }

  static Type<Endpoint> endpoint() {
    return new Scalar<>("HOST:PORT", Endpoint::parse, Endpoint::toString);
  }

  /** One of the words of an enum, lower-case with dashes. */
  static <E extends Enum<E>> Type<E> word(Class<E> choices) {
    var words =
        EnumSet.allOf(choices).stream().map(Types::wordOf).collect(Collectors.joining(" | "));
    return new Scalar<>(words, text -> choice(choices, text), Types::wordOf);
  }

  /** A set of the words of an enum. */
  static <E extends Enum<E>> Type<Set<E>> words(Class<E> choices) {
    var list = listOf(word(choices));
    return new Type<>() {
      @Override
      public Optional<Set<E>> read(String name, Value value, Problems problems) {
        return list.read(name, value, problems).map(Set::copyOf);
      }

      @Override
      public String words() {
        return list.words();
      }

      @Override
      public String written(Set<E> value) {
        return list.written(value.stream().sorted().toList());
      }

      @Override
      public boolean isYamlInText(String text) {
        return list.isYamlInText(text);
      }
    };
  }

  /** The content of a file without the line end at its end. */
  static Optional<Secret> fileContent(String name, String file, Origin origin, Problems problems) {
    try {
      return Optional.of(new Secret(Files.readString(Path.of(file)).stripTrailing()));
    } catch (IOException | InvalidPathException e) {
      problems.add(origin, name + ": the file '" + file + "' cannot be read");
      return Optional.empty();
    }
  }

  static String wordOf(Enum<?> choice) {
    return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static String withoutPassword(String url) {
    var masked = URL_PASSWORD.matcher(url).replaceAll("$1:" + Secret.MASK + "@");
    return QUERY_PASSWORD.matcher(masked).replaceAll("$1" + Secret.MASK);
  }

  private static <E extends Enum<E>> E choice(Class<E> choices, String text) {
    for (var choice : choices.getEnumConstants()) {
      if (wordOf(choice).equals(text)) {
        return choice;
      }
    }
    var known = Arrays.stream(choices.getEnumConstants()).map(Types::wordOf).toList();
    throw new IllegalArgumentException(
        "'" + text + "' is not one of " + String.join(", ", known) + NearMiss.hint(text, known));
  }

  private static Glob glob(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("an empty pattern matches nothing");
    }
    return new Glob(text);
  }

  private static String kind(Value value) {
    return switch (value) {
      case Value.Nothing _ -> "null";
      case Value.Text _ -> "a text";
      case Value.Items _ -> "a list";
      case Value.Fields _ -> "a block of keys";
    };
  }
}
