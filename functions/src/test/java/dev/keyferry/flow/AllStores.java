package dev.keyferry.flow;

import dev.keyferry.limits.Limit.Window;
import dev.keyferry.limits.LimitStore;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// All three stores, and what their rows hold besides what the stores themselves tell.
public interface AllStores extends Stores {
  LimitStore limits();

  /// What is counted in a window; nothing, where there is no row.
  Counted counted(Window window);

  /// When the rows of these partition keys may be purged, in seconds; only of those that are there.
  Map<String, Long> purges(Set<String> partitionKeys);

  /// @param last the attempt that counted last
  /// @param tries what is reserved
  record Counted(long hits, Optional<String> last, Set<String> tries) {}
}
