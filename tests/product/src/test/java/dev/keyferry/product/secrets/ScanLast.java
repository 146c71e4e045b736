package dev.keyferry.product.secrets;

import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Puts the secret scan behind all other tests of a run, and fails any that yet comes after it:
/// nobody would look for its secrets.
public final class ScanLast implements ClassOrderer, BeforeAllCallback {
  private static final Set<Class<?>> STARTED = ConcurrentHashMap.newKeySet();

  @Override
  public void orderClasses(ClassOrdererContext context) {
    context
        .getClassDescriptors()
        .sort(Comparator.comparing(type -> type.getTestClass().equals(SecretScanTest.class)));
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    if (watches(SecretScanTest.class)) {
      throw new IllegalStateException("starts after the secret scan, which must be the last");
    }
    STARTED.add(context.getRequiredTestClass());
  }

  /// Whether this class started under the eyes of this extension.
  static boolean watches(Class<?> type) {
    return STARTED.contains(type);
  }
}
