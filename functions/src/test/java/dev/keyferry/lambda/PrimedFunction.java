package dev.keyferry.lambda;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.crac.Core;

/// A function of which Lambda takes a snapshot, with settings from the environment. Lambda's own
/// context calls the hooks only on Lambda, so a test calls them here.
public final class PrimedFunction {
  private final RandomGenerator random = Wiring.ofEnvironment().environment().random();
  private final Prime hooks = Objects.requireNonNull(Prime.registered);

  /// The source of the function's random values.
  public RandomGenerator random() {
    return random;
  }

  public void beforeSnapshot()
      throws IOException, ReflectiveOperationException, GeneralSecurityException {
    hooks.beforeCheckpoint(Core.getGlobalContext());
  }

  public void afterRestore() {
    hooks.afterRestore(Core.getGlobalContext());
  }
}
