package dev.keyferry.flow;

import dev.keyferry.flow.Limit.Window;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Counts in memory.
public final class InMemoryLimitStore implements LimitStore {
  private static final Row NONE = new Row(0, "");

  private final Map<String, Row> rows = new HashMap<>();

  private record Row(int hits, String last) {}

  @Override
  public synchronized boolean count(Window window, String attempt) {
    var row = row(window);
    if (row.last().equals(attempt)) {
      return true;
    }
    var within = row.hits() < window.limit().most();
    if (within) {
      rows.put(window.partitionKey(), new Row(row.hits() + 1, attempt));
    }
    return within;
  }

  @Override
  public synchronized boolean anyFull(List<Window> windows) {
    return windows.stream().anyMatch(window -> row(window).hits() >= window.limit().most());
  }

  private Row row(Window window) {
    return rows.getOrDefault(window.partitionKey(), NONE);
  }
}
