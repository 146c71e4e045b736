package dev.keyferry.client;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A value that is created on first use, once.
final class Lazy<T> implements Supplier<T> {
  private final Supplier<T> maker;
  private @Nullable T value;

  private Lazy(Supplier<T> maker) {
    this.maker = maker;
  }

  static <T> Lazy<T> of(Supplier<T> maker) {
    return new Lazy<>(maker);
  }

  @Override
  public synchronized T get() {
    var made = value == null ? maker.get() : value;
    value = made;
    return made;
  }

  synchronized void ifCreated(Consumer<T> action) {
    if (value != null) {
      action.accept(value);
    }
  }
}
