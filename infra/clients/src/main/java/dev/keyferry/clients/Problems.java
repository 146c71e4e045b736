package dev.keyferry.clients;

import java.util.ArrayList;
import java.util.List;

/// The problems found so far. Reading continues after each, so that one build reports all of them.
final class Problems {
  private final List<Problem> found = new ArrayList<>();

  /// @param message may quote the file as it is, because control characters are escaped here
  void add(int line, String message) {
    found.add(new Problem(line, Text.plain(message)));
  }

  boolean none() {
    return found.isEmpty();
  }

  List<Problem> found() {
    return List.copyOf(found);
  }
}
