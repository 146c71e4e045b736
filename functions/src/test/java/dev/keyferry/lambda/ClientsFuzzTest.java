package dev.keyferry.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.keyferry.clients.ClientsFile.Invalid;
import dev.keyferry.clients.ClientsFile.Valid;
import dev.keyferry.clients.ClientsReader;
import dev.keyferry.clients.Entry;
import dev.keyferry.clients.Lifetime;
import dev.keyferry.clients.Problem;
import dev.keyferry.clients.Text;
import java.util.List;
import java.util.Locale;

/// Fuzzes the client configuration. A file is refused with the lines of its errors, or the
/// functions read the build's output with the same meaning.
final class ClientsFuzzTest {
  @FuzzTest
  void a_file_has_errors_with_lines_or_equals_what_the_functions_read(byte[] input) {
    switch (ClientsReader.read(input)) {
      case Invalid(var problems) -> assertTold(input, problems);
      case Valid valid -> assertRead(valid);
    }
  }

  private static void assertTold(byte[] input, List<Problem> problems) {
    var lines = new String(input, UTF_8).split("\r\n|[\n\r\u0085\u2028\u2029]", -1).length;
    assertThat(problems).isNotEmpty();
    assertThat(problems)
        .allSatisfy(problem -> {
          assertThat(problem.line()).isBetween(1, lines);
          assertThat(problem.message()).isNotBlank();
          assertThat(problem.message().codePoints()).allMatch(Text::isPlain);
        });
  }

  private static void assertRead(Valid valid) {
    var read = Clients.parse(valid.json());
    assertThat(valid.clients()).isNotEmpty();
    for (var entry : valid.clients()) {
      switch (entry) {
        case Entry.Confidential confidential -> assertConfidential(read, confidential);
        case Entry.WithKeys withKeys -> assertWithKeys(read, withKeys);
      }
    }
    valid.scopes().forEach((scope, words) -> assertThat(read.describe(scope)).contains(words));
  }

  private static void assertConfidential(Clients read, Entry.Confidential entry) {
    var client = read.find(entry.id()).orElseThrow();
    assertThat(client.name()).isEqualTo(entry.name());
    assertThat(client.secretHash()).contains(entry.secretSha256());
    assertThat(client.introspects()).isTrue();
    assertThat(client.grantTypes()).isEmpty();
    assertThat(client.scopes().tokens()).isEmpty();
  }

  private static void assertWithKeys(Clients read, Entry.WithKeys entry) {
    var client = read.find(entry.id()).orElseThrow();
    assertThat(client.name()).isEqualTo(entry.name());
    assertThat(client.scopes().tokens()).isEqualTo(entry.scopes());
    assertThat(client.secretHash()).isEmpty();
    assertThat(client.introspects()).isFalse();
    assertThat(client.grantTypes()).containsExactlyInAnyOrderElementsOf(entry.grantTypes());
    assertThat(client.defaultLifetime()).isEqualTo(entry.defaultLifetime());
    assertThat(client.maxLifetime()).isEqualTo(entry.maxLifetime());
    assertThat(client.defaultLifetime())
        .isBetween(Lifetime.SHORTEST.duration(), entry.maxLifetime());
    assertThat(client.maxLifetime()).isLessThanOrEqualTo(Lifetime.LONGEST.duration());
    assertThat(client.confirmation()).hasToString(entry.confirmation().toUpperCase(Locale.ROOT));
    assertThat(client.redirects().stream().map(uri -> uri.origin() + uri.path()))
        .containsExactlyElementsOf(entry.redirectUris());
  }
}
