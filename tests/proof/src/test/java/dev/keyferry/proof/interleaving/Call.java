package dev.keyferry.proof.interleaving;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// What an actor asks of the world outside it, and has to wait for.
sealed interface Call {
  /// What time is it?
  record ReadClock() implements Call {
    @Override
    public String toString() {
      return "reads the clock";
    }
  }

  /// Time goes on.
  record Tick(Duration by) implements Call {
    @Override
    public String toString() {
      return "lets " + by + " pass";
    }
  }

  /// One request to a store.
  ///
  /// @param looking the strong read by which a write whose answer was lost learns what became of it
  record ToStore(Method method, List<Object> arguments, boolean looking) implements Call {
    boolean isNamed(String name) {
      return method.getName().equals(name);
    }

    /// The request's argument of that type, if it has one.
    <T> Optional<T> argument(Class<T> type) {
      return arguments.stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /// Whether it changes rows, and can tell later whether it did.
    boolean isWrite() {
      return !isRead() && !isNamed("signOut") && !isNamed("markUsed");
    }

    boolean isRead() {
      return method.getName().startsWith("find");
    }

    ToStore look() {
      return new ToStore(method, arguments, true);
    }

    @Override
    public String toString() {
      var words = arguments.stream().map(Words::of).collect(Collectors.joining(", "));
      return (looking ? "looks what became of " : "") + method.getName() + "(" + words + ")";
    }
  }
}
