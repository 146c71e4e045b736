package dev.keyferry.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyferry.codes.ApprovalNonce;
import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.SealedNonce;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// A consent screen of the browser flow. Nothing is stored while it is open: the page holds all of
/// it under a seal, and returns it with the decision. docs/decisions/0017.
record AuthorizationScreen(ApprovalNonce nonce, Subject subject, AuthorizationRequest request) {
  /// How long a screen may stay open. This is less than the life of a row. Otherwise a decision
  /// could be made again after its outcome is forgotten.
  static final Duration LIFETIME = Duration.ofMinutes(10);

  private static final String LABEL = "authorization";
  private static final String ABSENT = "=";

  /// The text that the page holds.
  String write(Hasher hasher) {
    var fields =
        List.of(
            Optional.of(subject.value()),
            Optional.of(request.clientId()),
            Optional.of(request.redirectUri()),
            request.state(),
            Optional.of(request.scope().toString()),
            request.deviceName(),
            Optional.of(Long.toString(request.lifetime().toSeconds())),
            Optional.of(request.challenge().value()));
    var text = fields.stream().map(AuthorizationScreen::encode).collect(Collectors.joining(" "));
    return new SealedNonce(nonce, text).write(hasher, LABEL);
  }

  /// Reads the screen that this subject returns in time. Empty for anything else.
  static Optional<AuthorizationScreen> read(
      Hasher hasher, Subject subject, String text, Instant now) {
    return SealedNonce.read(hasher, LABEL, text)
        .map(AuthorizationScreen::of)
        .filter(screen -> screen.subject().equals(subject))
        .filter(screen -> now.isBefore(screen.nonce().openedAt().plus(LIFETIME)));
  }

  private static AuthorizationScreen of(SealedNonce sealed) {
    var fields =
        Arrays.stream(sealed.text().split(" ", -1)).map(AuthorizationScreen::decode).iterator();
    return new AuthorizationScreen(
        sealed.nonce(),
        new Subject(fields.next().orElseThrow()),
        new AuthorizationRequest(
            fields.next().orElseThrow(),
            fields.next().orElseThrow(),
            fields.next(),
            fields.next().flatMap(Scope::parse).orElse(new Scope(List.of())),
            fields.next(),
            Duration.ofSeconds(Long.parseLong(fields.next().orElseThrow())),
            new CodeChallenge(fields.next().orElseThrow())));
  }

  private static String encode(Optional<String> field) {
    return field
        .map(text -> Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8)))
        .orElse(ABSENT);
  }

  private static Optional<String> decode(String field) {
    return Optional.of(field)
        .filter(Predicate.not(ABSENT::equals))
        .map(text -> new String(Base64.getUrlDecoder().decode(text), UTF_8));
  }
}
