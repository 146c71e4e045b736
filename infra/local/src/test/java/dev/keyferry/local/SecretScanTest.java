package dev.keyferry.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/// After all others: nothing that any test was handed, or made up to prove itself with, stands in a
/// table, in a log or in the body of an error.
@Order(Integer.MAX_VALUE)
class SecretScanTest {
  private final Api api = Shared.environments(new Wire());

  @Test
  void no_secret_stands_in_a_table_a_log_or_an_error() {
    var codes = api.codes();
    api.grant("zoe", codes.userCode());
    api.whoami(api.poll(codes.deviceCode()).text("access_token"));
    assertThat(Secrets.ALL).hasSizeGreaterThan(3);

    assertThat(leaks(rows(Tables.GRANTS))).as("secrets in Grants").isEmpty();
    assertThat(leaks(rows(Tables.KEYS))).as("secrets in Keys").isEmpty();
    assertThat(leaks(Secrets.LOG)).as("secrets in logs").isEmpty();
    assertThat(leaks(Secrets.ERROR_BODIES)).as("secrets in errors").isEmpty();
  }

  @Test
  void a_leak_would_be_found() {
    var codes = api.codes();

    assertThat(leaks(List.of("xx" + codes.deviceCode() + "yy"))).hasSize(1);
    assertThat(leaks(List.of("a " + codes.userCode().replace("-", "") + "."))).hasSize(1);
    assertThat(leaks(List.of("nothing"))).isEmpty();
  }

  private static List<String> rows(String table) {
    return Tables.rows(table).map(Object::toString).toList();
  }

  /// Looks at every window of a text that is as long as some secret.
  private static List<String> leaks(Collection<String> texts) {
    var lengths = Secrets.ALL.stream().map(String::length).collect(Collectors.toSet());
    var leaks = new ArrayList<String>();
    for (var text : texts) {
      lengths.stream()
          .flatMap(length -> windows(text, length))
          .filter(Secrets.ALL::contains)
          .forEach(leaks::add);
    }
    return leaks;
  }

  private static Stream<String> windows(String text, int length) {
    return Stream.iterate(0, at -> at + length <= text.length(), at -> at + 1)
        .map(at -> text.substring(at, at + length));
  }
}
