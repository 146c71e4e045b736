package dev.keyferry.clients;

import java.util.ArrayList;
import java.util.List;

/// What was found so far. Reading goes on after each, so that one build tells of all of them.
final class Problems {
  private final List<Problem> found = new ArrayList<>();

  /// @param message one that quotes the file may do so as it is: names, and what SnakeYAML says
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
