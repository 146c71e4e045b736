package dev.keyferry.flow;

import dev.keyferry.limits.Limit.Window;
import dev.keyferry.limits.LimitStore;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// All three stores, with access to what their rows contain beyond the stores' own methods.
public interface AllStores extends Stores {
  LimitStore limits();

  /// The counts of a window; empty without a row.
  Counted counted(Window window);

  /// The purge times of these partition keys in seconds, for those that exist.
  Map<String, Long> purges(Set<String> partitionKeys);

  /// @param last the last attempt that was counted
  /// @param tries the reserved attempts
  record Counted(long hits, Optional<String> last, Set<String> tries) {}
}
