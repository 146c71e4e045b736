package dev.keyferry.product.secrets;

import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Orders the secret scan after all other tests of a run, and fails any test class that starts
/// after it, because the scan would miss its secrets.
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
      throw new IllegalStateException("starts after the secret scan, which must run last");
    }
    STARTED.add(context.getRequiredTestClass());
  }

  /// Whether this extension saw the class start.
  static boolean watches(Class<?> type) {
    return STARTED.contains(type);
  }
}
