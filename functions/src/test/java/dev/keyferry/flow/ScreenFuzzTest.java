package dev.keyferry.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.keyferry.codes.ApprovalNonce;
import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.TestHasher;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Fuzzes the sealed value that a page holds between claim and approve. The input is what a page
/// sends back and also, line by line, what a page might get: subject, client, redirect URI, state,
/// scope, device name.
final class ScreenFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-21T08:00:03Z");
  private static final Origin ORIGIN = Origin.parse("2001:db8::7");
  private static final int LINES = 6;

  private final TestHasher hasher = new TestHasher();

  @FuzzTest
  void only_values_sealed_here_are_read_and_unchanged(byte[] input) {
    var text = new String(input, UTF_8);
    assertThat(DeviceScreen.read(hasher, text)).isEmpty();
    assertThat(AuthorizationScreen.read(hasher, new Subject("alice"), text, NOW)).isEmpty();
    ApprovalNonce.parse(text)
        .ifPresent(nonce -> assertThat(ApprovalNonce.parse(nonce.text())).contains(nonce));

    var lines = Arrays.copyOf(text.split("\n", LINES), LINES);
    var fields = Arrays.stream(lines).map(line -> line == null ? "" : line).toList();
    var nonce = new ApprovalNonce(NOW, nonceOf(input));
    assertPass(new DeviceScreen(nonce, fields.get(1), text.length() % 2 == 0, ORIGIN));
    assertScreen(screen(nonce, fields));
  }

  private static String nonceOf(byte[] input) {
    return ApprovalNonce.draw(new java.util.Random(Arrays.hashCode(input)), NOW).text();
  }

  private static AuthorizationScreen screen(ApprovalNonce nonce, List<String> fields) {
    return new AuthorizationScreen(
        nonce,
        new Subject(fields.get(0)),
        new AuthorizationRequest(
            fields.get(1),
            fields.get(2),
            Optional.of(fields.get(3)).filter(state -> !state.isEmpty()),
            Scope.parse(fields.get(4)).orElse(new Scope(List.of("read"))),
            Optional.of(fields.get(5)).filter(name -> !name.isEmpty()),
            Duration.ofSeconds(Math.abs((long) fields.hashCode())),
            new CodeChallenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")));
  }

  private void assertPass(DeviceScreen pass) {
    var written = pass.write(hasher);

    assertThat(DeviceScreen.read(hasher, written)).contains(pass);
    assertThat(AuthorizationScreen.read(hasher, new Subject("alice"), written, NOW)).isEmpty();
    for (var other : List.of(written + ".", "." + written, written + "A", upset(written))) {
      assertThat(DeviceScreen.read(hasher, other)).isEmpty();
    }
  }

  private void assertScreen(AuthorizationScreen screen) {
    var written = screen.write(hasher);
    var subject = screen.subject();

    assertThat(AuthorizationScreen.read(hasher, subject, written, NOW)).contains(screen);
    assertThat(DeviceScreen.read(hasher, written)).isEmpty();
    var other = new Subject(subject.value() + "x");
    assertThat(AuthorizationScreen.read(hasher, other, written, NOW)).isEmpty();
    assertThat(AuthorizationScreen.read(hasher, subject, upset(written), NOW)).isEmpty();
    var late = NOW.plus(AuthorizationScreen.LIFETIME);
    assertThat(AuthorizationScreen.read(hasher, subject, written, late)).isEmpty();
  }

  /// Changes one character in the middle.
  private static String upset(String written) {
    var at = written.length() / 2;
    var other = written.charAt(at) == 'A' ? 'B' : 'A';
    return written.substring(0, at) + other + written.substring(at + 1);
  }
}
