package dev.keyferry.product.browser;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;

/// axe-core, which checks the part of WCAG 2.2 AA that a machine can check.
final class Axe {
  private static final String SCRIPT = script();

  private static final String VIOLATIONS =
      """
      async () => {
        const { violations } = await axe.run(document, {
          resultTypes: ['violations'],
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
        });
        return violations.flatMap(({ id, nodes }) =>
          nodes.map(({ target, failureSummary }) => `${id} at ${target}: ${failureSummary}`));
      }\
      """;

  private Axe() {}

  /// Adds axe-core to every document from now on. The browser does this itself, so the page keeps
  /// its strict content security policy.
  static void install(BrowserContext context) {
    context.addInitScript(SCRIPT);
  }

  /// The violations on the current screen.
  static List<String> violations(Page page) {
    return ((List<?>) page.evaluate(VIOLATIONS)).stream().map(String::valueOf).toList();
  }

  private static String script() {
    try (var script = Axe.class.getResourceAsStream("/axe.min.js")) {
      return new String(Objects.requireNonNull(script).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
