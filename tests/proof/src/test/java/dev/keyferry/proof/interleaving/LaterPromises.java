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
import dev.keyferry.proof.interleaving.Heard.Kind;
import dev.keyferry.proof.interleaving.Scenario.Login;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What a world means for those who come later: that whatever happened, and whoever is still in
/// the middle of something, the next poll and the next refresh hear the truth.
final class LaterPromises {
  static final Duration REDELIVERY = Duration.ofSeconds(60);
  private static final Duration GRACE = Duration.ofSeconds(30);
  private static final int CODE = -1;

  private final Login login;
  private final Stagehand hands;
  private final int keysBefore;

  /// By the world itself: there is one of each.
  private final IdentityHashMap<World, Map<Stage.Got, Optional<String>>> doors =
      new IdentityHashMap<>();

  LaterPromises(Scenario scenario, Stagehand hands) {
    login = scenario.login();
    this.hands = hands;
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

  /// What the device would hear that came when it may.
  Heard poll(World world, Optional<String> name) {
    var row = Optional.ofNullable(world.grants().get(login.grant()));
    var at = row.map(grant -> due(world, grant)).orElse(world.now());
    return hands.visit(world, at, flows -> login.poll().apply(flows, name));
  }

  private static Instant due(World world, Grant grant) {
    var next = grant.pace().nextPollAt();
    return Promises.isOpen(grant) && next.isAfter(world.now()) ? next : world.now();
  }

  private Optional<String> brokenPolls(World world, Grant grant) {
    var told = poll(world, Optional.empty());
    if (!isTrue(world, grant, told)) {
      return Optional.of(
          "the next poll hears %s of a grant that is %s".formatted(told, Words.of(grant)));
    }
    return grant.state() instanceof Consumed consumed
        ? brokenRepetition(world, consumed)
        : Optional.empty();
  }

  private boolean isTrue(World world, Grant grant, Heard told) {
    var isExpired = Promises.isExpired(grant, due(world, grant));
    if (login.hasOneWord() && told.kind() != Kind.KEY) {
      return told.is(Code.INVALID_GRANT) && (isExpired || !isRedeemable(world, grant));
    }
    return switch (grant.state()) {
      case Denied _ -> told.is(Code.ACCESS_DENIED);
      case Consumed _ -> told.is(Code.INVALID_GRANT);
      case State _ when isExpired -> told.is(Code.EXPIRED_TOKEN);
      case Approved _ ->
          isRedeemable(world, grant) ? told.kind() == Kind.KEY : told.is(Code.ACCESS_DENIED);
      case Pending _, Claimed _ -> told.is(Code.AUTHORIZATION_PENDING);
    };
  }

  private static boolean isRedeemable(World world, Grant grant) {
    return grant.state() instanceof Approved(var claim, var approval, var _)
        && Promises.stands(world, claim.subject(), approval.since());
  }

  /// Delivered at least once: who spent the code may hear its key again, for a minute, and nobody
  /// else.
  private Optional<String> brokenRepetition(World world, Consumed consumed) {
    var told =
        login.names().stream()
            .map(name -> poll(world, Optional.of(name)))
            .filter(heard -> heard.kind() == Kind.KEY)
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
    return told == expected
        ? Optional.empty()
        : Optional.of(
            "a spent code gives its key to %d Idempotency-Keys and not to %d"
                .formatted(told, expected));
  }

  private static boolean isGood(World world, Key key) {
    return key.revokedAt().isEmpty()
        && Promises.stands(world, key.terms().subject(), key.terms().approvedAt());
  }

  /// Whatever failed, the present refresh token is good for one more.
  private Optional<String> brokenRefresh(World world) {
    if (login.chain().isEmpty()) {
      return Optional.empty();
    }
    var key = keyOf(world);
    var token = login.chain().get((int) key.generation().number());
    var told = refresh(world, world.now(), token, Optional.empty());
    return isRenewable(world, key) == (told.kind() == Kind.KEY)
        ? Optional.empty()
        : Optional.of("the next refresh hears %s with %s".formatted(told, Words.of(key)));
  }

  private Heard refresh(World world, Instant at, RefreshToken token, Optional<String> name) {
    return hands.visit(
        world, at, flows -> Heard.key(flows.refreshes().refresh(Samples.CLI, token, name)));
  }

  /// Delivered at least once: who refreshed may hear the key again, for as long as the grace, and
  /// nobody else. After that the token before the present one ends the device.
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
      var told = refresh(world, world.now(), login.chain().get(shown), name);
      var left = keyOf(hands.left(world.now()));
      if (left.revokedAt().isPresent() != isOver) {
        return Optional.of(
            "the token before the present one %s its device"
                .formatted(
                    isOver ? "came after the grace and did not end" : "was early and ended"));
      }
      if (told.kind() == Kind.KEY) {
        delivered++;
        var broken = broken(world, new Stage.Got(shown, name.orElse(""), told.text()));
        if (broken.isPresent()) {
          return broken;
        }
      }
    }
    var expected = !isOver && key.generation().idempotencyKey().isPresent() ? 1 : 0;
    return delivered == expected
        ? Optional.empty()
        : Optional.of(
            "a used refresh token gives its key to %d Idempotency-Keys and not to %d"
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

  /// That of a refresh with the token before the present one.
  Optional<String> brokenRepetition(
      int generation, String name, Instant at, Heard told, World world) {
    var key = keyOf(world);
    if (key.generation().number() != generation + 1) {
      return Optional.empty();
    }
    var isOver = isGraceOver(key, at);
    if (told.kind() == Kind.KEY) {
      return isOver ? Optional.of("a key was told again after the grace") : Optional.empty();
    }
    if (isOver) {
      return isGood(world, key)
          ? Optional.of("a used token was shown after the grace, and its device was not revoked")
          : Optional.empty();
    }
    var isOwn =
        !name.isEmpty()
            && isGood(world, key)
            && refresh(world, at, login.chain().get(generation), Optional.of(name)).kind()
                == Kind.KEY;
    return isOwn
        ? Optional.of("a repeated refresh was refused what the next one is told")
        : Optional.empty();
  }

  private static boolean isRenewable(World world, Key key) {
    return isGood(world, key) && key.isRenewable(world.now());
  }

  private Key keyOf(World world) {
    return Optional.ofNullable(world.keys().get(login.chain().getFirst().id())).orElseThrow();
  }

  /// Rule 3, of a refresh.
  Optional<String> brokenRefusal(int generation, Heard told, World world) {
    var key = keyOf(world);
    return told.kind() == Kind.DECLINED
            && isRenewable(world, key)
            && key.generation().number() == generation
        ? Optional.of("rule 3: a good refresh token was refused")
        : Optional.empty();
  }

  /// That of a renewal that was done just now, and not found done before.
  Optional<String> brokenRenewal(int generation, Heard told, World before, World now) {
    var isJustNow =
        keyOf(before).generation().number() == generation
            && keyOf(now).generation().number() > generation;
    return told.kind() == Kind.KEY && isJustNow && keyOf(before).revokedAt().isPresent()
        ? Optional.of("a device was given a new key after it was revoked")
        : Optional.empty();
  }

  /// Whether a token opens the door if it should, and only then.
  Optional<String> broken(World world, Stage.Got got) {
    return doors
        .computeIfAbsent(world, _ -> new HashMap<>())
        .computeIfAbsent(got, _ -> brokenDoor(world, got));
  }

  private Optional<String> brokenDoor(World world, Stage.Got got) {
    var token = AccessToken.parse(got.body().substring(0, got.body().indexOf(' '))).orElseThrow();
    var opens =
        hands.visit(world, world.now(), flows -> flows.verifier().introspect(token)).isPresent();
    var key = Optional.ofNullable(world.keys().get(token.id()));
    if (key.isEmpty()) {
      return Optional.of("rule 2: a key was handed over that is not stored");
    }
    if (key.get().generation().number() < got.generation() + 1) {
      return Optional.of("rule 2: tokens were handed over that are not stored");
    }
    var isPresent = key.get().generation().number() == got.generation() + 1 || isMinted(got);
    var isGood = isGood(world, key.get()) && world.now().isBefore(key.get().expiresAt());
    if (opens && !isGood) {
      return Optional.of("a token opens the door after its key was ended");
    }
    return !opens && isGood && isPresent && key.get().generation().number() <= got.generation() + 1
        ? Optional.of("a good token does not open the door")
        : Optional.empty();
  }

  private static boolean isMinted(Stage.Got got) {
    return got.generation() == CODE;
  }
}
