package dev.keyferry.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.Construct;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/// The parts of `template.yaml` that the local stack runs: functions, routes and tables, with
/// CloudFormation's functions resolved. It refuses a function that it does not support, so that it
/// never runs anything that AWS would not.
public final class Template {
  private static final Pattern SUBSTITUTION = Pattern.compile("\\$\\{([^}]+)}");

  /// A member with this value is left out.
  private static final String NO_VALUE = "AWS::NoValue";

  private static final JsonMapper JSON = new JsonMapper();

  private final Map<String, String> values = new LinkedHashMap<>();
  private final Map<String, Object> conditions;
  private final Map<String, Map<String, Object>> document;
  private final JsonNode resources;

  /// @param values of parameters, and of `Ref` and `GetAtt` for existing resources
  public Template(Path file, Map<String, String> values) throws IOException {
    document = new Yaml(new ShortForms()).load(Files.readString(file));
    conditions = document.getOrDefault("Conditions", Map.of());
    for (var parameter : section("Parameters").properties()) {
      if (parameter.getValue().has("Default")) {
        this.values.put(parameter.getKey(), parameter.getValue().path("Default").asText());
      }
    }
    this.values.putAll(values);
    resources = section("Resources");
  }

  /// A function, by its logical id.
  ///
  /// @param environment its own variables and those that all functions share
  public record Function(String id, String handler, Map<String, String> environment) {}

  /// The check that a request must pass before its function is invoked.
  public sealed interface Authorization {
    record None() implements Authorization {}

    /// A JWT from this issuer, for one of these audiences, with one of these scopes.
    record Jwt(String issuer, List<String> audiences, List<String> scopes)
        implements Authorization {}

    /// A Lambda authorizer decides.
    record Lambda(Function authorizer) implements Authorization {}
  }

  /// A route of the HTTP API. A segment in braces matches any one segment of a path, or all that
  /// follows if the name in the braces ends in a plus sign.
  public record Route(String method, String path, Function function, Authorization authorization) {
    boolean isGreedy() {
      return path.endsWith("+}");
    }
  }

  public List<Function> functions() {
    var shared = texts(section("Globals").at("/Function/Environment/Variables"));
    return idsOf("AWS::Serverless::Function")
        .map(id ->
            new Function(
                id,
                properties(id).path("Handler").asText(),
                and(shared, texts(properties(id).at("/Environment/Variables")))))
        .toList();
  }

  public List<Route> routes() {
    return functions().stream()
        .flatMap(function ->
            properties(function.id())
                .path("Events")
                .valueStream()
                .map(event -> event.path("Properties"))
                .map(event ->
                    new Route(
                        event.path("Method").asText(),
                        event.path("Path").asText(),
                        function,
                        authorization(event.path("Auth")))))
        .toList();
  }

  private Authorization authorization(JsonNode auth) {
    if (!auth.has("Authorizer")) {
      return new Authorization.None();
    }
    var authorizer = httpApi().at("/Auth/Authorizers").path(auth.path("Authorizer").asText());
    if (authorizer.has("JwtConfiguration")) {
      return new Authorization.Jwt(
          authorizer.at("/JwtConfiguration/issuer").asText(),
          texts(authorizer.at("/JwtConfiguration/audience").valueStream()),
          scopes(auth, authorizer));
    }
    var id = authorizer.path("FunctionArn").asText().replaceFirst("\\.Alias$", "");
    return functions().stream()
        .filter(function -> function.id().equals(id))
        .findFirst()
        .map(Authorization.Lambda::new)
        .orElseThrow(() -> new IllegalStateException("no function " + id + " is defined"));
  }

  /// The route's own scopes, or the scopes that its authorizer requires on every route.
  private static List<String> scopes(JsonNode route, JsonNode authorizer) {
    var owner = route.has("AuthorizationScopes") ? route : authorizer;
    return texts(owner.path("AuthorizationScopes").valueStream());
  }

  public Map<String, String> stageVariables() {
    return texts(httpApi().path("StageVariables"));
  }

  private JsonNode httpApi() {
    return properties(idsOf("AWS::Serverless::HttpApi").findFirst().orElseThrow());
  }

  /// The logical ids of a type's resources.
  public Stream<String> idsOf(String type) {
    return resources
        .propertyStream()
        .filter(resource -> resource.getValue().path("Type").asText().equals(type))
        .map(Map.Entry::getKey);
  }

  /// A resource's properties.
  public JsonNode properties(String id) {
    return resources.path(id).path("Properties");
  }

  /// A section of the file, such as `Globals`, without the entries whose condition is false.
  public final JsonNode section(String name) {
    var entries = new LinkedHashMap<>(document.getOrDefault(name, Map.of()));
    entries
        .values()
        .removeIf(entry ->
            entry instanceof Map<?, ?> map
                && map.get("Condition") instanceof String condition
                && !holds(condition));
    return tree(entries);
  }

  private boolean holds(String condition) {
    return resolve(conditions.getOrDefault(condition, false)).equals(true);
  }

  private static Map<String, String> texts(JsonNode object) {
    var texts = new LinkedHashMap<String, String>();
    object.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }

  private static Map<String, String> and(Map<String, String> some, Map<String, String> more) {
    var all = new LinkedHashMap<>(some);
    all.putAll(more);
    return all;
  }

  private static List<String> texts(Stream<JsonNode> nodes) {
    return nodes.map(JsonNode::asText).toList();
  }

  private JsonNode tree(Map<String, Object> section) {
    return JSON.valueToTree(resolve(section));
  }

  private Object resolve(Object value) {
    return switch (value) {
      case Map<?, ?> map -> {
        var resolved = new LinkedHashMap<String, Object>();
        map.forEach((name, element) -> resolved.put(name.toString(), resolve(element)));
        resolved.values().removeIf(NO_VALUE::equals);
        yield resolved;
      }
      case List<?> list ->
          list.stream().map(this::resolve).filter(element -> !element.equals(NO_VALUE)).toList();
      case Intrinsic(var name, var argument) -> call(name, argument);
      default -> value;
    };
  }

  private Object call(String name, Object argument) {
    return switch (name) {
      case "Ref", "GetAtt" -> valueOf(argument.toString());
      case "Sub" ->
          argument instanceof List<?> list
              ? substitute(list.get(0).toString(), (Map<?, ?>) resolve(list.get(1)))
              : substitute(argument.toString(), Map.of());
      case "Split" -> {
        var parts = (List<?>) resolve(argument);
        yield List.of(parts.get(1).toString().split(Pattern.quote(parts.get(0).toString()), -1));
      }
      case "Select" -> {
        var choice = (List<?>) resolve(argument);
        yield ((List<?>) choice.get(1)).get(Integer.parseInt(choice.get(0).toString()));
      }
      case "If" -> {
        var choice = (List<?>) argument;
        yield resolve(choice.get(holds(choice.get(0).toString()) ? 1 : 2));
      }
      case "Equals" -> {
        var sides = (List<?>) resolve(argument);
        yield sides.get(0).toString().equals(sides.get(1).toString());
      }
      case "Not" -> ((List<?>) resolve(argument)).get(0).equals(false);
      case "And" -> ((List<?>) resolve(argument)).stream().allMatch(Boolean.TRUE::equals);
      case "Or" -> ((List<?>) resolve(argument)).stream().anyMatch(Boolean.TRUE::equals);
      case "Condition" -> holds(argument.toString());
      default -> throw new IllegalStateException("the local stack does not support !" + name);
    };
  }

  private String substitute(String text, Map<?, ?> own) {
    return SUBSTITUTION
        .matcher(text)
        .replaceAll(name ->
            Matcher.quoteReplacement(
                Optional.<Object>ofNullable(own.get(name.group(1)))
                    .map(Object::toString)
                    .orElseGet(() -> valueOf(name.group(1)))));
  }

  /// The value of a parameter or resource, or the name itself if there is no value.
  private String valueOf(String name) {
    return values.getOrDefault(name, name);
  }

  private record Intrinsic(String name, Object argument) {}

  /// CloudFormation's `!Name argument`.
  private static final class ShortForms extends SafeConstructor {
    ShortForms() {
      super(new LoaderOptions());
      yamlMultiConstructors.put("!", construct());
    }

    private Construct construct() {
      return new AbstractConstruct() {
        @Override
        public Object construct(Node node) {
          return new Intrinsic(
              node.getTag().getValue().substring(1),
              switch (node) {
                case ScalarNode scalar -> constructScalar(scalar);
                case SequenceNode sequence -> constructSequence(sequence);
                case MappingNode mapping -> constructMapping(mapping);
                default -> throw new IllegalStateException("an alias cannot have a tag");
              });
        }
      };
    }
  }
}
