package dev.keyferry.flow;

import dev.keyferry.codes.Code;
import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.DeviceCode;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Locator;
import dev.keyferry.codes.RefreshToken;
import dev.keyferry.codes.Secret;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.Grant.Pace;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// Clients, requests, grants and keys for tests. Every table key is new each time, so tests can
/// share a table.
public final class Samples {
  /// Far in the future, so that the TTL of a real table deletes nothing that a test has just
  /// written.
  public static final Instant NOON = Instant.parse("2040-01-01T12:00:00.123Z");

  /// The scope that the sample CLI requests.
  public static final Scope SCOPE = new Scope(List.of("read", "write"));

  public static final Client CLI =
      new Client(
          "cli",
          "Keyferry CLI",
          Set.of(Client.DEVICE_CODE_GRANT, Client.REFRESH_GRANT, Client.CODE_GRANT),
          new Scope(List.of("read", "write", Scope.OFFLINE_ACCESS)),
          Duration.ofHours(24),
          Duration.ofDays(365),
          ConfirmationPolicy.MISMATCH,
          List.of(LoopbackUri.parse("http://127.0.0.1/callback")),
          Optional.empty(),
          false);

  public static final Client DEMO =
      new Client(
          "demo",
          "Demo tool",
          Set.of(Client.DEVICE_CODE_GRANT),
          new Scope(List.of("read")),
          Duration.ofHours(24),
          Duration.ofDays(7));

  public static final Profile PROFILE =
      new Profile(
          Optional.of("Ada Lövelace"),
          Optional.of("ada@example.com"),
          Optional.of("Engines & Söhne"));

  /// The verifier and the challenge of RFC 7636 Appendix B.
  public static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

  public static final CodeChallenge CHALLENGE =
      new CodeChallenge("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");

  /// The flow does not look into the JWK, so any text will do.
  public static final Delivery DELIVERY =
      new Delivery("{\"kty\":\"EC\",\"kid\":\"ü\"}", Optional.of("n-0S6_WzA2Mj"));

  private Samples() {}

  /// The client after its configuration was edited.
  static Client withScopes(Client client, Scope scopes) {
    return new Client(
        client.id(),
        client.name(),
        client.grantTypes(),
        scopes,
        client.defaultLifetime(),
        client.maxLifetime(),
        client.confirmation(),
        client.redirects(),
        client.secretHash(),
        client.introspects());
  }

  /// A request of the sample CLI with everything in it but a code challenge.
  public static DeviceRequest request(Instant at) {
    return new DeviceRequest(
        CLI.id(),
        SCOPE,
        Optional.of("Ada's büro 💻"),
        Duration.ofHours(24),
        Optional.empty(),
        Optional.empty(),
        false,
        Origin.parse("192.0.2.7"),
        at);
  }

  public static DeviceRequest challenged(DeviceRequest request) {
    return new DeviceRequest(
        request.clientId(),
        request.scope(),
        request.deviceName(),
        request.lifetime(),
        Optional.of(CHALLENGE),
        request.delivery(),
        request.confirmationSupported(),
        request.origin(),
        request.at());
  }

  public static DeviceRequest encrypted(DeviceRequest request, Delivery delivery) {
    return new DeviceRequest(
        request.clientId(),
        request.scope(),
        request.deviceName(),
        request.lifetime(),
        request.challenge(),
        Optional.of(delivery),
        request.confirmationSupported(),
        request.origin(),
        request.at());
  }

  /// The request of a device that can ask for a number.
  public static DeviceRequest confirming(DeviceRequest request) {
    return new DeviceRequest(
        request.clientId(),
        request.scope(),
        request.deviceName(),
        request.lifetime(),
        request.challenge(),
        request.delivery(),
        true,
        request.origin(),
        request.at());
  }

  /// A client in the network of the sample request.
  public static Caller caller(Optional<String> idempotencyKey) {
    return new Caller(Origin.parse("192.0.2.7"), idempotencyKey);
  }

  /// A user who approves from the network of the sample request.
  public static Approver approver(Subject subject) {
    return new Approver(subject, PROFILE, Origin.parse("192.0.2.7"), false);
  }

  /// The request of a device without a name.
  public static DeviceRequest nameless(DeviceRequest request) {
    return new DeviceRequest(
        request.clientId(),
        request.scope(),
        Optional.empty(),
        request.lifetime(),
        request.challenge(),
        request.delivery(),
        request.confirmationSupported(),
        request.origin(),
        request.at());
  }

  /// A new grant of the request, with a locator of its own.
  public static Grant grant(DeviceRequest request) {
    return new Grant(
        Locator.of(bytes(32)),
        request,
        digest(),
        digest(),
        request.at().plus(Authorize.CODE_LIFETIME),
        Pace.from(request.at()),
        new Grant.State.Pending());
  }

  /// A key with a new id, as a grant of this subject might issue it.
  public static Key key(Subject subject, Instant createdAt) {
    return key(
        new Key.Terms(
            CLI.id(),
            subject,
            PROFILE,
            SCOPE,
            Duration.ofHours(24),
            new DeviceName.Given("Ada's büro 💻"),
            Origin.parse("192.0.2.7"),
            createdAt,
            createdAt,
            createdAt.plus(Key.LONGEST_FAMILY),
            Optional.empty()));
  }

  public static Key key(Key.Terms terms) {
    return new Key(
        new KeyId(UUID.randomUUID().toString().replace("-", "").substring(0, 16)),
        terms,
        digest(),
        new Key.Generation(
            0,
            digest(),
            digest(),
            terms.createdAt(),
            Optional.empty(),
            digest(),
            attempt(),
            issue(Optional.empty())),
        Optional.empty(),
        Optional.empty());
  }

  /// Terms with a refresh token.
  public static Key.Terms renewable(Subject subject, Instant createdAt) {
    var terms = key(subject, createdAt).terms();
    return withScope(terms, new Scope(List.of("read", Scope.OFFLINE_ACCESS)));
  }

  public static Key.Terms withScope(Key.Terms terms, Scope scope) {
    return new Key.Terms(
        terms.clientId(),
        terms.subject(),
        terms.profile(),
        scope,
        terms.lifetime(),
        terms.name(),
        terms.origin(),
        terms.approvedAt(),
        terms.createdAt(),
        terms.linkedUntil(),
        terms.delivery());
  }

  public static Key.Terms withDelivery(Key.Terms terms, Optional<Delivery> delivery) {
    return new Key.Terms(
        terms.clientId(),
        terms.subject(),
        terms.profile(),
        terms.scope(),
        terms.lifetime(),
        terms.name(),
        terms.origin(),
        terms.approvedAt(),
        terms.createdAt(),
        terms.linkedUntil(),
        delivery);
  }

  public static Key withName(Key key, DeviceName name) {
    var terms = key.terms();
    return withTerms(
        key,
        new Key.Terms(
            terms.clientId(),
            terms.subject(),
            terms.profile(),
            terms.scope(),
            terms.lifetime(),
            name,
            terms.origin(),
            terms.approvedAt(),
            terms.createdAt(),
            terms.linkedUntil(),
            terms.delivery()));
  }

  public static Key linkedUntil(Key key, Instant end) {
    var terms = key.terms();
    return withTerms(
        key,
        new Key.Terms(
            terms.clientId(),
            terms.subject(),
            terms.profile(),
            terms.scope(),
            terms.lifetime(),
            terms.name(),
            terms.origin(),
            terms.approvedAt(),
            terms.createdAt(),
            end,
            terms.delivery()));
  }

  public static Key withTerms(Key key, Key.Terms terms) {
    return new Key(
        key.id(), terms, key.seal(), key.generation(), key.revokedAt(), key.lastUsedAt());
  }

  /// The issue of a generation to the network of the sample request.
  public static Key.Issue issue(Optional<Digest> idempotencyKey) {
    return new Key.Issue(
        0, Optional.of(Origin.parse("192.0.2.7")), idempotencyKey, false, digest());
  }

  public static Key.Generation withIssue(Key.Generation generation, Key.Issue issue) {
    return new Key.Generation(
        generation.number(),
        generation.access(),
        generation.refresh(),
        generation.issuedAt(),
        generation.previous(),
        generation.seal(),
        generation.attempt(),
        issue);
  }

  public static Key unrevoked(Key key) {
    return new Key(
        key.id(), key.terms(), key.seal(), key.generation(), Optional.empty(), key.lastUsedAt());
  }

  public static Key withGeneration(Key key, Key.Generation generation) {
    return new Key(
        key.id(), key.terms(), key.seal(), generation, key.revokedAt(), key.lastUsedAt());
  }

  /// A device code that belongs to no grant.
  public static DeviceCode deviceCode() {
    return new DeviceCode(Locator.of(bytes(32)), Secret.of(bytes(Code.SECRET_BYTES)));
  }

  /// The first refresh token that a redemption of this device code would issue.
  public static RefreshToken first(Hasher hasher, int version, DeviceCode code) {
    return first(TokenPrefix.DEFAULT, hasher, version, code);
  }

  public static RefreshToken first(
      TokenPrefix prefix, Hasher hasher, int version, DeviceCode code) {
    var id = RefreshToken.id(hasher, version, code);
    return RefreshToken.first(prefix, hasher, version, id, code);
  }

  public static Subject subject() {
    return new Subject("user-" + UUID.randomUUID());
  }

  public static Digest digest() {
    return Digest.of(1, bytes(32));
  }

  /// An operator's access to these keys.
  public static Disabling disabling(KeyStore keys) {
    return new Disabling(keys, new Environment(() -> NOON, new SplittableRandom(), _ -> {}));
  }

  /// The name of one attempt, no longer than DynamoDB permits for a transaction's token.
  public static String attempt() {
    return UUID.randomUUID().toString();
  }

  private static byte[] bytes(int length) {
    return Secret.draw(ThreadLocalRandom.current(), length).reveal();
  }
}
