package dev.rowcast.config;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.AnchorNode;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads YAML into values that remember their lines. Stateless. */
final class YamlText {
  private static final int DEEPEST = 20;

  private final Problems problems;
  private final IntFunction<Origin> place;

  private YamlText(Problems problems, IntFunction<Origin> place) {
    this.problems = problems;
    this.place = place;
  }

  /**
   * The one document of {@code text}; empty when there is none or it cannot be read.
   *
   * @param place the origin of a line, the first being 1
   */
  static Optional<Value> read(String text, Problems problems, IntFunction<Origin> place) {
    try {
      return new Compose(LoadSettings.builder().setLabel("configuration").build())
          .composeReader(new StringReader(text))
          .map(node -> new YamlText(problems, place).value(node, 0));
    } catch (MarkedYamlEngineException e) {
      var line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      problems.add(place.apply(line), "is not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      problems.add(place.apply(1), "is not YAML: " + e.getMessage());
    }
    return Optional.empty();
  }

  private Value value(Node node, int depth) {
    var origin = origin(node);
    if (depth > DEEPEST) {
      problems.add(origin, "is nested more than " + DEEPEST + " levels deep");
      return new Value.Nothing(origin);
    }
    return switch (node) {
      case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) -> new Value.Nothing(origin);
      case ScalarNode scalar ->
          new Value.Text(scalar.getValue(), scalar.getScalarStyle() != ScalarStyle.PLAIN, origin);
      case SequenceNode sequence -> items(sequence, origin, depth);
      case MappingNode mapping -> fields(mapping, origin, depth);
      case AnchorNode anchor -> value(anchor.getRealNode(), depth + 1);
      default -> throw new IllegalStateException("a YAML node of type " + node.getNodeType());
    };
  }

  private Value items(SequenceNode sequence, Origin origin, int depth) {
    List<Value> items = new ArrayList<>();
    for (var item : sequence.getValue()) {
      items.add(value(item, depth + 1));
    }
    return new Value.Items(List.copyOf(items), origin);
  }

  private Value fields(MappingNode mapping, Origin origin, int depth) {
    Map<String, Value> fields = new LinkedHashMap<>();
    for (var tuple : mapping.getValue()) {
      if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
        problems.add(origin(tuple.getKeyNode()), "a key must be a word");
        continue;
      }
      var value = value(tuple.getValueNode(), depth + 1);
      if (fields.putIfAbsent(name.getValue(), at(value, origin(name))) != null) {
        problems.add(origin(name), "'" + name.getValue() + "' is set twice in one block");
      }
    }
    return new Value.Fields(fields, origin);
  }

  /** A block or list is looked for where its key stands, a text where it stands itself. */
  private static Value at(Value value, Origin key) {
    return switch (value) {
      case Value.Nothing _ -> new Value.Nothing(key);
      case Value.Text text -> text;
      case Value.Items items -> new Value.Items(items.items(), key);
      case Value.Fields fields -> new Value.Fields(fields.fields(), key);
    };
  }

  private Origin origin(Node node) {
    return place.apply(node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1));
  }
}
