package dev.keyferry.clients;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The result of reading `infra/clients.yaml`: its content, or all its problems.
public sealed interface ClientsFile {
  /// @param scopes the description of each scope, by language
  record Valid(List<Entry> clients, Map<String, Map<String, String>> scopes)
      implements ClientsFile {
    /// The JSON file in the artifact.
    public String json() {
      return clients.stream()
          .map(client -> client.json().indent(4).stripTrailing())
          .collect(
              Collectors.joining(",\n", "{\n  \"clients\": [\n", "\n  ]" + described() + "\n}\n"));
    }

    private String described() {
      return scopes.isEmpty()
          ? ""
          : scopes.entrySet().stream()
              .map(scope ->
                  "    {\"scope\": %s, \"description\": %s}"
                      .formatted(Entry.quoted(scope.getKey()), object(scope.getValue())))
              .collect(Collectors.joining(",\n", ",\n  \"scopes\": [\n", "\n  ]"));
    }

    private static String object(Map<String, String> texts) {
      return texts.entrySet().stream()
          .map(text -> Entry.quoted(text.getKey()) + ": " + Entry.quoted(text.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
  }

  /// @param problems in the order of their lines
  record Invalid(List<Problem> problems) implements ClientsFile {
    public Invalid {
      problems = problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList();
    }
  }
}
