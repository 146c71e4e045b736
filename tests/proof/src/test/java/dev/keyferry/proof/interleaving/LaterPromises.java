package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Purpose;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.flow.Caller;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Samples;
import dev.keyferry.proof.interleaving.Response.Kind;
import dev.keyferry.proof.interleaving.Scenario.Login;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// The promises about later requests: whatever happened, and whatever is still in progress, the
/// next poll and the next refresh get the right response.
final class LaterPromises {
  static final Duration REDELIVERY = Duration.ofSeconds(60);
  private static final Duration GRACE = Duration.ofSeconds(30);

  private final Login login;
  private final StoreModel stores;
  private final int keysBefore;
  private final Hasher hasher;

  /// Refresh tokens by their hash.
  private final Map<Digest, RefreshToken> tokens = new HashMap<>();

  /// Keyed by identity, because each world exists once.
  private final IdentityHashMap<World, Map<ActorState.ReceivedKey, Optional<String>>> doors =
      new IdentityHashMap<>();

  LaterPromises(Scenario scenario, StoreModel stores) {
    login = scenario.login();
    hasher = scenario.hasher();
    login.chain().forEach(token -> tokens.put(hasher.digest(Purpose.KEY, token.bytes()), token));
    this.stores = stores;
    keysBefore = scenario.start().keys().size() - spent(scenario.start());
  }

  private static int spent(World world) {
    return (int)
        world.grants().values().stream().filter(grant -> grant.state() instanceof Consumed).count();
  }

  Optional<String> broken(World world) {
    if (world.keys().size() - keysBefore != spent(world)) {
      return Optional.of(
          "rule 2: %d codes spent and %d keys stored"
              .formatted(spent(world), world.keys().size() - keysBefore));
    }
    return Optional.ofNullable(world.grants().get(login.grant()))
        .flatMap(grant -> brokenPolls(world, grant))
        .or(() -> brokenRefresh(world))
        .or(() -> brokenPrevious(world));
  }

  /// The response to a poll that comes when it is due.
  Response poll(World world, Optional<String> name) {
    var row = Optional.ofNullable(world.grants().get(login.grant()));
    var at = row.map(grant -> due(world, grant)).orElse(world.now());
    return stores.visit(world, at, flows -> login.poll().apply(flows, name));
  }

  private static Instant due(World world, Grant grant) {
    var next = grant.pace().nextPollAt();
    return Promises.isOpen(grant) && next.isAfter(world.now()) ? next : world.now();
  }

  private Optional<String> brokenPolls(World world, Grant grant) {
    var response = poll(world, Optional.empty());
    if (!isTrue(world, grant, response)) {
      return Optional.of(
          "the next poll gets %s for a grant that is %s"
              .formatted(response, TraceFormat.of(grant)));
    }
    return grant.state() instanceof Consumed consumed
        ? brokenRepetition(world, consumed)
        : Optional.empty();
  }

  private boolean isTrue(World world, Grant grant, Response response) {
    var isExpired = Promises.isExpired(grant, due(world, grant));
    if (login.hasOneWord() && response.kind() != Kind.KEY) {
      return response.is(Code.INVALID_GRANT) && (isExpired || !isRedeemable(world, grant));
    }
    return switch (grant.state()) {
      case Denied _ -> response.is(Code.ACCESS_DENIED);
      case Consumed _ -> response.is(Code.INVALID_GRANT);
      case State _ when isExpired -> response.is(Code.EXPIRED_TOKEN);
      case Approved _ ->
          isRedeemable(world, grant)
              ? response.kind() == Kind.KEY
              : response.is(Code.ACCESS_DENIED);
      case Pending _, Claimed _ -> response.is(Code.AUTHORIZATION_PENDING);
    };
  }

  private static boolean isRedeemable(World world, Grant grant) {
    return grant.state() instanceof Approved(var claim, var approval, var _)
        && Promises.mayBecomeKey(world, claim, approval);
  }

  /// Delivery at least once: for a minute, the poll that spent the code may get its key again, and
  /// no other poll may.
  private Optional<String> brokenRepetition(World world, Consumed consumed) {
    var response =
        login.names().stream()
            .map(name -> poll(world, Optional.of(name)))
            .filter(responses -> responses.kind() == Kind.KEY)
            .count();
    var redemption = consumed.redemption();
    var isNamed = redemption.idempotencyKey().isPresent();
    var isInTime = world.now().isBefore(redemption.at().plus(REDELIVERY));
    var isFresh =
        world.keys().values().stream()
            .anyMatch(key ->
                key.terms().createdAt().equals(redemption.at())
                    && key.generation().number() == 0
                    && key.lastUsedAt().isEmpty()
                    && isGood(world, key)
                    && world.now().isBefore(key.expiresAt()));
    var expected = isNamed && isInTime && isFresh ? 1 : 0;
    return response == expected
        ? Optional.empty()
        : Optional.of(
            "a spent code gives its key to %d Idempotency-Keys instead of %d"
                .formatted(response, expected));
  }

  private static boolean isGood(World world, Key key) {
    return key.revokedAt().isEmpty()
        && Promises.stands(world, key.terms().subject(), key.terms().approvedAt());
  }

  /// After any fault, the current refresh token works once more.
  private Optional<String> brokenRefresh(World world) {
    if (login.chain().isEmpty()) {
      return Optional.empty();
    }
    var key = keyOf(world);
    var response = refresh(world, world.now(), present(key), Samples.caller(Optional.empty()));
    return isRenewable(world, key) == (response.kind() == Kind.KEY)
        ? Optional.empty()
        : Optional.of("the next refresh gets %s with %s".formatted(response, TraceFormat.of(key)));
  }

  private Response refresh(World world, Instant at, RefreshToken token, Caller caller) {
    return stores.visit(
        world, at, flows -> Response.key(flows.refreshes().refresh(Samples.CLI, token, caller)));
  }

  boolean isToken(Digest hash, String token) {
    return hasher.matches(Purpose.KEY, hash, token.getBytes(StandardCharsets.US_ASCII));
  }

  /// The refresh token of the present generation.
  private RefreshToken present(Key key) {
    var generation = key.generation();
    var known = tokens.get(generation.refresh());
    if (known != null) {
      return known;
    }
    var next = parent(key).orElseThrow().next(hasher, 1, generation.issue().branch());
    tokens.put(generation.refresh(), next);
    return next;
  }

  private Optional<RefreshToken> parent(Key key) {
    return key.generation()
        .previous()
        .map(previous -> Objects.requireNonNull(tokens.get(previous.refresh())));
  }

  /// The possible outcomes of a refresh with the token of the present generation's parent.
  private enum Outcome {
    THE_SAME,
    A_BRANCH,
    NOTHING,
    REUSE
  }

  /// A lost response ends no login: the parent's token gets the outcome of the table of
  /// docs/decisions/0009, in both networks and with each `Idempotency-Key`.
  private Optional<String> brokenPrevious(World world) {
    if (login.chain().isEmpty()) {
      return Optional.empty();
    }
    var key = keyOf(world);
    var parent = parent(key);
    if (parent.isEmpty() || !isGood(world, key)) {
      return Optional.empty();
    }
    return Stream.of(Samples.caller(Optional.empty()).origin(), Requests.ELSEWHERE)
        .flatMap(origin -> {
          var found = new EnumMap<Outcome, Integer>(Outcome.class);
          for (var name : names()) {
            found.merge(outcome(world, parent.get(), new Caller(origin, name)), 1, Integer::sum);
          }
          var expected = expected(world, key, origin);
          return found.equals(expected)
              ? Stream.empty()
              : Stream.of(
                  "the parent's token gets %s instead of %s from %s with %s"
                      .formatted(found, expected, origin, TraceFormat.of(key)));
        })
        .findFirst();
  }

  private Outcome outcome(World world, RefreshToken parent, Caller caller) {
    var response = refresh(world, world.now(), parent, caller);
    var left = keyOf(stores.worldAfter(world.now()));
    if (response.kind() == Kind.KEY) {
      return left.equals(keyOf(world)) ? Outcome.THE_SAME : Outcome.A_BRANCH;
    }
    return left.revokedAt().isPresent() ? Outcome.REUSE : Outcome.NOTHING;
  }

  /// The number of Idempotency-Keys, or none, with each outcome.
  private Map<Outcome, Integer> expected(World world, Key key, Origin origin) {
    var generation = key.generation();
    var issue = generation.issue();
    var isRecent = world.now().isBefore(generation.issuedAt().plus(GRACE));
    var isSameNetwork = issue.origin().map(origin::equals).orElse(true);
    Outcome ofSameRequest;
    Outcome ofOthers;
    if (!issue.confirmed()) {
      ofSameRequest =
          isRecent || world.now().isBefore(key.expiresAt()) ? Outcome.THE_SAME : Outcome.A_BRANCH;
      ofOthers = isRecent && isSameNetwork ? Outcome.THE_SAME : Outcome.A_BRANCH;
    } else {
      ofSameRequest = isRecent ? Outcome.THE_SAME : Outcome.NOTHING;
      ofOthers = isRecent && isSameNetwork ? Outcome.NOTHING : Outcome.REUSE;
    }
    var sameRequests = issue.idempotencyKey().isPresent() ? 1 : 0;
    var expected = new EnumMap<Outcome, Integer>(Outcome.class);
    expected.merge(ofOthers, names().size() - sameRequests, Integer::sum);
    if (sameRequests > 0) {
      expected.merge(ofSameRequest, sameRequests, Integer::sum);
    }
    return expected;
  }

  private List<Optional<String>> names() {
    return Stream.concat(
            Stream.of(Optional.<String>empty()), login.names().stream().map(Optional::of))
        .toList();
  }

  /// A refresh that was refused would be refused once more.
  Optional<String> brokenRepetition(
      String token, String name, Instant at, Response response, World world) {
    var key = keyOf(world);
    var isParents =
        key.generation()
            .previous()
            .filter(previous -> isToken(previous.refresh(), token))
            .isPresent();
    if (response.kind() == Kind.KEY || !isParents || !isGood(world, key)) {
      return Optional.empty();
    }
    var caller = Samples.caller(Optional.of(name).filter(some -> !some.isEmpty()));
    return refresh(world, at, RefreshToken.parse(token).orElseThrow(), caller).kind() == Kind.KEY
        ? Optional.of("a repeated refresh was refused, although the next one succeeds")
        : Optional.empty();
  }

  private static boolean isRenewable(World world, Key key) {
    return isGood(world, key) && key.isRenewable(world.now());
  }

  private Key keyOf(World world) {
    return Optional.ofNullable(world.keys().get(login.chain().getFirst().id())).orElseThrow();
  }

  /// Rule 3, for a refresh.
  Optional<String> brokenRefusal(String token, Response response, World world) {
    var key = keyOf(world);
    return response.kind() == Kind.DECLINED
            && isRenewable(world, key)
            && isToken(key.generation().refresh(), token)
        ? Optional.of("rule 3: a valid refresh token was refused")
        : Optional.empty();
  }

  /// Checks a renewal that took effect in this step.
  Optional<String> brokenRenewal(int generation, Response response, World before, World now) {
    var isJustNow =
        keyOf(before).generation().number() == generation
            && keyOf(now).generation().number() > generation;
    return response.kind() == Kind.KEY && isJustNow && keyOf(before).revokedAt().isPresent()
        ? Optional.of("a device got a new key after it was revoked")
        : Optional.empty();
  }

  /// Checks that an access token is accepted if and only if it should be.
  Optional<String> broken(World world, ActorState.ReceivedKey received) {
    return doors
        .computeIfAbsent(world, _ -> new HashMap<>())
        .computeIfAbsent(received, _ -> brokenDoor(world, received));
  }

  /// Whether the access tokens of both are those of present generations.
  boolean areBothGood(World world, ActorState.ReceivedKey one, ActorState.ReceivedKey other) {
    return opens(world, one) && opens(world, other);
  }

  private boolean opens(World world, ActorState.ReceivedKey received) {
    var token = AccessToken.parse(received.accessToken()).orElseThrow();
    return stores.visit(world, world.now(), flows -> flows.verifier().verify(token)).isPresent();
  }

  private Optional<String> brokenDoor(World world, ActorState.ReceivedKey received) {
    var opens = opens(world, received);
    var id = AccessToken.parse(received.accessToken()).orElseThrow().id();
    var key = Optional.ofNullable(world.keys().get(id));
    if (key.isEmpty()) {
      return Optional.of("rule 2: a key was issued that is not stored");
    }
    var generation = key.get().generation();
    if (generation.number() < received.generation() + 1) {
      return Optional.of("rule 2: tokens were issued that are not stored");
    }
    var isGood = isGood(world, key.get()) && world.now().isBefore(key.get().expiresAt());
    if (opens && !isGood) {
      return Optional.of("a token is accepted after its key ended");
    }
    return !opens && isGood && isToken(generation.access(), received.accessToken())
        ? Optional.of("a valid token is refused")
        : Optional.empty();
  }
}
