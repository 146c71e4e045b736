package dev.keyferry.limits;

import dev.keyferry.flow.AllStores;
import dev.keyferry.limits.Limit.Window;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A store of counts in memory.
public final class InMemoryLimitStore implements LimitStore {
  private static final Row NONE = new Row(0, "");

  private final Map<Window, Row> rows = new HashMap<>();
  private final Map<Window, Set<String>> reserved = new HashMap<>();

  private record Row(int hits, String last) {}

  @Override
  public synchronized boolean count(Window window, String attempt) {
    var row = row(window);
    if (row.last().equals(attempt)) {
      return true;
    }
    var within = row.hits() < window.limit().most();
    if (within) {
      rows.put(window, new Row(row.hits() + 1, attempt));
    }
    return within;
  }

  @Override
  public synchronized boolean isFull(Window window) {
    return row(window).hits() >= window.limit().most();
  }

  @Override
  public synchronized boolean reserve(Window window, String attempt) {
    var tries = reserved.computeIfAbsent(window, _ -> new HashSet<>());
    return tries.contains(attempt) || (tries.size() < window.limit().most() && tries.add(attempt));
  }

  @Override
  public synchronized void release(Window window, String attempt) {
    reserved.getOrDefault(window, new HashSet<>()).remove(attempt);
  }

  /// The counts in the rows of a window.
  public synchronized AllStores.Counted counted(Window window) {
    var row = row(window);
    return new AllStores.Counted(
        row.hits(),
        Optional.of(row.last()).filter(last -> !last.isEmpty()),
        Set.copyOf(reserved.getOrDefault(window, Set.of())));
  }

  private Row row(Window window) {
    return rows.getOrDefault(window, NONE);
  }
}
