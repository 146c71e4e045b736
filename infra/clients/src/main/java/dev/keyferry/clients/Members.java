package dev.keyferry.clients;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/// The members of a YAML mapping, by name and type. An unknown member, or one of another type,
/// becomes a problem and counts as absent. [#has] is still true for a member of another type.
final class Members {
  private final int line;
  private final Problems problems;
  private final Map<String, Integer> lines = new HashMap<>();
  private final Map<String, Node> values = new HashMap<>();

  /// @param owner the owner and its verb, as in "a client has"
  Members(MappingNode mapping, String owner, List<String> allowed, Problems problems) {
    this.problems = problems;
    line = lineOf(mapping);
    for (var member : mapping.getValue()) {
      var key = member.getKeyNode();
      var at = lineOf(key);
      var name = key instanceof ScalarNode scalar ? scalar.getValue() : "";
      if (!allowed.contains(name)) {
        problems.add(
            at,
            "unknown member %s; %s %s"
                .formatted(Text.quoted(name), owner, String.join(", ", allowed)));
      } else if (has(name)) {
        problems.add(at, name + " appears twice; it is first on line " + lineOf(name));
      } else {
        lines.put(name, at);
        values.put(name, member.getValueNode());
      }
    }
  }

  /// The names in a mapping that are scalars.
  static List<String> names(MappingNode mapping) {
    return mapping.getValue().stream()
        .map(NodeTuple::getKeyNode)
        .flatMap(
            key -> key instanceof ScalarNode scalar ? Stream.of(scalar.getValue()) : Stream.of())
        .distinct()
        .toList();
  }

  boolean has(String name) {
    return lines.containsKey(name);
  }

  /// The line of a member, or of the mapping if the member is absent.
  int lineOf(String name) {
    return lines.getOrDefault(name, line);
  }

  void require(String name) {
    if (!has(name)) {
      problems.add(line, "missing member " + name);
    }
  }

  /// A value that YAML reads as a string, which excludes `123` and `no` without quotes.
  Optional<Text> text(String name) {
    return value(name).flatMap(node -> text(name, node));
  }

  /// A single value as it is spelled, whatever type YAML gives it.
  Optional<Text> spelling(String name) {
    return value(name)
        .flatMap(node -> {
          if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
            return Optional.of(new Text(lineOf(node), scalar.getValue()));
          }
          problems.add(lineOf(node), name + " must be a single value, but is " + kind(node));
          return Optional.empty();
        });
  }

  Optional<List<Text>> texts(String name) {
    return list(name)
        .flatMap(elements -> {
          var texts =
              elements.stream()
                  .flatMap(element -> text("an element of " + name, element).stream())
                  .toList();
          return texts.size() == elements.size() ? Optional.of(texts) : Optional.empty();
        });
  }

  Optional<List<Node>> list(String name) {
    return value(name)
        .flatMap(node -> {
          if (node instanceof SequenceNode sequence) {
            return Optional.of(sequence.getValue());
          }
          problems.add(lineOf(node), name + " must be a list, but is " + kind(node));
          return Optional.empty();
        });
  }

  Optional<MappingNode> mapping(String name) {
    return value(name)
        .flatMap(node -> {
          if (node instanceof MappingNode mapping) {
            return Optional.of(mapping);
          }
          problems.add(lineOf(node), name + " must be a mapping, but is " + kind(node));
          return Optional.empty();
        });
  }

  private Optional<Node> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  private Optional<Text> text(String what, Node node) {
    if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.STR)) {
      return Optional.of(new Text(lineOf(node), scalar.getValue()));
    }
    var remedy = node instanceof ScalarNode && !isNull(node) ? "; put it in quotes" : "";
    problems.add(lineOf(node), what + " must be a string, but is " + kind(node) + remedy);
    return Optional.empty();
  }

  static int lineOf(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  /// The type of a value, in words for a message.
  static String kind(Node node) {
    return switch (node) {
      case MappingNode _ -> "a mapping";
      case SequenceNode _ -> "a list";
      case ScalarNode _ when isNull(node) -> "empty";
      case ScalarNode _ when node.getTag().equals(Tag.STR) -> "a string";
      case ScalarNode _ when node.getTag().equals(Tag.BOOL) -> "a Boolean";
      case ScalarNode _ when node.getTag().equals(Tag.TIMESTAMP) -> "a date";
      default -> "a number";
    };
  }

  private static boolean isNull(Node node) {
    return node.getTag().equals(Tag.NULL);
  }
}
