package dev.keyferry.product;

import dev.keyferry.local.Functions;

/// Invokes functions, wherever they run.
@FunctionalInterface
public interface Invoker {
  /// Takes JSON and returns JSON.
  ///
  /// @param function its logical id
  /// @throws RuntimeException if the function failed
  String invoke(String function, String event);

  static Invoker of(Functions functions) {
    return (function, event) -> functions.get(function).invoke(event);
  }
}
