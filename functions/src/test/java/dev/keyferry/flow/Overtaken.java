package dev.keyferry.flow;

import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/// A store in which another action runs at the last moment: after all reads, right before the first
/// write of one name.
final class Overtaken {
  private Overtaken() {}

  /// A store that gives this answer to every call of one name, and does nothing.
  static <S> S answering(Class<S> port, S store, String name, Object answer) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (_, method, arguments) ->
                method.getName().equals(name) ? answer : method.invoke(store, arguments)));
  }

  static <S> S store(Class<S> port, S store, String write, Runnable other) {
    if (Stream.of(port.getMethods()).noneMatch(method -> method.getName().equals(write))) {
      throw new IllegalArgumentException(port.getSimpleName() + " has no method " + write);
    }
    var first = new AtomicReference<>(other);
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (_, method, arguments) -> {
              if (method.getName().equals(write)) {
                first.getAndSet(() -> {}).run();
              }
              return method.invoke(store, arguments);
            }));
  }
}
