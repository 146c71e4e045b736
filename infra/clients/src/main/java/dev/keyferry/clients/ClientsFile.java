package dev.keyferry.clients;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/// `infra/clients.yaml` as it was read: all its clients, or all its problems.
sealed interface ClientsFile {
  record Valid(List<Entry> clients) implements ClientsFile {
    /// As the artifact carries it.
    String json() {
      return clients.stream()
          .map(client -> client.json().indent(4).stripTrailing())
          .collect(Collectors.joining(",\n", "{\n  \"clients\": [\n", "\n  ]\n}\n"));
    }
  }

  /// @param problems by line
  record Invalid(List<Problem> problems) implements ClientsFile {
    public Invalid {
      problems = problems.stream().sorted(Comparator.comparingInt(Problem::line)).toList();
    }
  }
}
