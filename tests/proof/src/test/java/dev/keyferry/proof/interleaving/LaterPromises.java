package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.AccessToken;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.flow.Grant;
import dev.keyferry.flow.Grant.State;
import dev.keyferry.flow.Grant.State.Approved;
import dev.keyferry.flow.Grant.State.Claimed;
import dev.keyferry.flow.Grant.State.Consumed;
import dev.keyferry.flow.Grant.State.Denied;
import dev.keyferry.flow.Grant.State.Pending;
import dev.keyferry.flow.Key;
import dev.keyferry.flow.OAuthError.Code;
import dev.keyferry.flow.Samples;
import dev.keyferry.proof.interleaving.Response.Kind;
import dev.keyferry.proof.interleaving.Scenario.Login;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// The promises about later requests: whatever happened, and whatever is still in progress, the
/// next poll and the next refresh get the right response.
final class LaterPromises {
  static final Duration REDELIVERY = Duration.ofSeconds(60);
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final int CODE = -1;

  private final Login login;
  private final StoreModel stores;
  private final int keysBefore;

  /// Keyed by identity, because each world exists once.
  private final IdentityHashMap<World, Map<ActorState.ReceivedKey, Optional<String>>> doors =
      new IdentityHashMap<>();

  LaterPromises(Scenario scenario, StoreModel stores) {
    login = scenario.login();
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
    var token = login.chain().get((int) key.generation().number());
    var response = refresh(world, world.now(), token, Optional.empty());
    return isRenewable(world, key) == (response.kind() == Kind.KEY)
        ? Optional.empty()
        : Optional.of("the next refresh gets %s with %s".formatted(response, TraceFormat.of(key)));
  }

  private Response refresh(World world, Instant at, RefreshToken token, Optional<String> name) {
    return stores.visit(
        world,
        at,
        flows -> Response.key(flows.refreshes().refresh(Samples.CLI, token, Samples.caller(name))));
  }

  /// Delivery at least once: during the grace, the request that refreshed may get the key again,
  /// and no other may. After the grace, the previous token revokes the device.
  private Optional<String> brokenPrevious(World world) {
    if (login.chain().isEmpty()) {
      return Optional.empty();
    }
    var key = keyOf(world);
    var shown = (int) key.generation().number() - 1;
    if (shown < 0 || !isGood(world, key)) {
      return Optional.empty();
    }
    var isOver = isGraceOver(key, world.now());
    var delivered = 0;
    for (var name : names()) {
      var response = refresh(world, world.now(), login.chain().get(shown), name);
      var left = keyOf(stores.worldAfter(world.now()));
      if (left.revokedAt().isPresent() != isOver) {
        return Optional.of(
            "the previous token %s its device"
                .formatted(
                    isOver
                        ? "came after the grace and did not revoke"
                        : "came within the grace and revoked"));
      }
      if (response.kind() == Kind.KEY) {
        delivered++;
        var broken =
            broken(world, new ActorState.ReceivedKey(shown, name.orElse(""), response.text()));
        if (broken.isPresent()) {
          return broken;
        }
      }
    }
    var expected = !isOver && key.generation().issue().idempotencyKey().isPresent() ? 1 : 0;
    return delivered == expected
        ? Optional.empty()
        : Optional.of(
            "a used refresh token gives its key to %d Idempotency-Keys instead of %d"
                .formatted(delivered, expected));
  }

  private List<Optional<String>> names() {
    return Stream.concat(
            Stream.of(Optional.<String>empty()), login.names().stream().map(Optional::of))
        .toList();
  }

  private static boolean isGraceOver(Key key, Instant at) {
    return !at.isBefore(key.generation().issuedAt().plus(GRACE));
  }

  /// Checks a refresh with the previous token.
  Optional<String> brokenRepetition(
      int generation, String name, Instant at, Response response, World world) {
    var key = keyOf(world);
    if (key.generation().number() != generation + 1) {
      return Optional.empty();
    }
    var isOver = isGraceOver(key, at);
    if (response.kind() == Kind.KEY) {
      return isOver ? Optional.of("a key was repeated after the grace") : Optional.empty();
    }
    if (isOver) {
      return isGood(world, key)
          ? Optional.of(
              "a used token was presented after the grace, and its device was not revoked")
          : Optional.empty();
    }
    var isOwn =
        !name.isEmpty()
            && isGood(world, key)
            && refresh(world, at, login.chain().get(generation), Optional.of(name)).kind()
                == Kind.KEY;
    return isOwn
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
  Optional<String> brokenRefusal(int generation, Response response, World world) {
    var key = keyOf(world);
    return response.kind() == Kind.DECLINED
            && isRenewable(world, key)
            && key.generation().number() == generation
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

  private Optional<String> brokenDoor(World world, ActorState.ReceivedKey received) {
    var token =
        AccessToken.parse(received.body().substring(0, received.body().indexOf(' '))).orElseThrow();
    var opens =
        stores.visit(world, world.now(), flows -> flows.verifier().verify(token)).isPresent();
    var key = Optional.ofNullable(world.keys().get(token.id()));
    if (key.isEmpty()) {
      return Optional.of("rule 2: a key was issued that is not stored");
    }
    if (key.get().generation().number() < received.generation() + 1) {
      return Optional.of("rule 2: tokens were issued that are not stored");
    }
    var isPresent =
        key.get().generation().number() == received.generation() + 1 || isMinted(received);
    var isGood = isGood(world, key.get()) && world.now().isBefore(key.get().expiresAt());
    if (opens && !isGood) {
      return Optional.of("a token is accepted after its key ended");
    }
    return !opens
            && isGood
            && isPresent
            && key.get().generation().number() <= received.generation() + 1
        ? Optional.of("a valid token is refused")
        : Optional.empty();
  }

  private static boolean isMinted(ActorState.ReceivedKey received) {
    return received.generation() == CODE;
  }
}
