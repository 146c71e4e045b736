package dev.keyferry.proof.interleaving;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A call from a request to its environment. The request waits for the result.
sealed interface Call {
  /// Reads the current time.
  record ReadClock() implements Call {
    @Override
    public String toString() {
      return "reads the clock";
    }
  }

  /// Advances the clock.
  record Tick(Duration by) implements Call {
    @Override
    public String toString() {
      return "lets " + by + " pass";
    }
  }

  /// A request to a store.
  ///
  /// @param resolving whether this is the strong read by which a write with a lost response learns
  ///     its outcome
  record ToStore(Method method, List<Object> arguments, boolean resolving) implements Call {
    boolean isNamed(String name) {
      return method.getName().equals(name);
    }

    /// The request's argument of this type, if it has one.
    <T> Optional<T> argument(Class<T> type) {
      return arguments.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /// Whether it changes rows and can later tell whether it did.
    boolean isWrite() {
      return !isRead() && !isNamed("signOut") && !isNamed("markUsed") && !isNamed("confirm");
    }

    boolean isRead() {
      return method.getName().startsWith("find");
    }

    ToStore resolve() {
      return new ToStore(method, arguments, true);
    }

    @Override
    public String toString() {
      var description = arguments.stream().map(TraceFormat::of).collect(Collectors.joining(", "));
      return (resolving ? "reads the outcome of " : "")
          + method.getName()
          + "("
          + description
          + ")";
    }
  }
}
