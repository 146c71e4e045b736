package dev.keyferry.flow;

import dev.keyferry.codes.CodeChallenge;
import dev.keyferry.codes.Digest;
import dev.keyferry.codes.Frame;
import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.KeyId;
import dev.keyferry.codes.Locator;
import dev.keyferry.codes.Purpose;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The contents that the seals of the rows cover. A grant's seals cover the device's request and
/// the user's approval. A key's seals cover its terms and its tokens. An attacker with write access
/// to the table, but not to the KMS key, can neither approve in a user's name nor widen or outlive
/// what was asked.
final class Seals {
  private Seals() {}

  static byte[] message(Locator locator, DeviceRequest request, Instant expiresAt) {
    return Frame.of("request")
        .with(locator.qualified())
        .with(request.clientId())
        .withAll(request.scope().tokens())
        .with(request.deviceName())
        .with(request.lifetime())
        .with(request.challenge().map(CodeChallenge::value))
        .with(request.delivery().map(Delivery::jwk))
        .with(request.delivery().flatMap(Delivery::nonce))
        .with(request.confirmationSupported())
        .with(request.origin())
        .with(request.at().toEpochMilli())
        .with(expiresAt.toEpochMilli())
        .toBytes();
  }

  private static byte[] message(
      Locator locator,
      Grant.Claim claim,
      Grant.Consent consent,
      Profile profile,
      Instant since,
      boolean numberRequired) {
    return Frame.of("approval")
        .with(locator.qualified())
        .with(claim.subject().value())
        .with(claim.nonce())
        .with(consent.scope().isPresent())
        .withAll(consent.scope().map(Scope::tokens).orElse(List.of()))
        .with(consent.lifetime())
        .with(consent.name())
        .with(profile.name())
        .with(profile.email())
        .with(profile.organisation())
        .with(since.toEpochMilli())
        .with(numberRequired)
        .toBytes();
  }

  static byte[] message(KeyId id, Key.Terms terms) {
    return Frame.of("key")
        .with(id)
        .with(terms.clientId())
        .with(terms.subject().value())
        .with(terms.profile().name())
        .with(terms.profile().email())
        .with(terms.profile().organisation())
        .withAll(terms.scope().tokens())
        .with(terms.lifetime())
        .with(written(terms.name()))
        .with(terms.origin())
        .with(terms.approvedAt().toEpochMilli())
        .with(terms.createdAt().toEpochMilli())
        .with(terms.linkedUntil().toEpochMilli())
        .with(terms.delivery().map(Delivery::jwk))
        .with(terms.delivery().flatMap(Delivery::nonce))
        .toBytes();
  }

  private static String written(DeviceName name) {
    return switch (name) {
      case DeviceName.Given(var text) -> "given " + text;
      case DeviceName.ByCode(var code) -> "by code " + code;
    };
  }

  private static byte[] message(
      KeyId id, long number, Digest access, Digest refresh, Instant issuedAt) {
    return Frame.of("generation")
        .with(id)
        .with(number)
        .with(access)
        .with(refresh)
        .with(issuedAt.toEpochMilli())
        .toBytes();
  }

  private static byte[] message(KeyId id, Key.Generation generation) {
    return message(
        id, generation.number(), generation.access(), generation.refresh(), generation.issuedAt());
  }

  private static byte[] message(KeyId id, long number, Key.Previous previous) {
    return message(id, number, previous.access(), previous.refresh(), previous.issuedAt());
  }

  private static byte[] message(
      KeyId id, Digest generation, Key.Issue issue, Optional<Key.Previous> previous) {
    return Frame.of("issue")
        .with(id)
        .with(generation)
        .with(issue.branch())
        .with(issue.origin())
        .with(issue.idempotencyKey())
        .with(issue.confirmed())
        .with(previous.map(Key.Previous::replacedAt).map(Instant::toEpochMilli))
        .toBytes();
  }

  static Key.Generation sealed(Hasher hasher, KeyId id, Key.Generation generation) {
    var seal = hasher.digest(Purpose.SEAL, message(id, generation));
    return with(hasher, id, generation, seal, generation.issue());
  }

  /// The same generation, confirmed.
  static Key.Generation confirmed(Hasher hasher, KeyId id, Key.Generation generation) {
    var issue = generation.issue();
    var confirmed =
        new Key.Issue(issue.branch(), issue.origin(), issue.idempotencyKey(), true, issue.seal());
    return with(hasher, id, generation, generation.seal(), confirmed);
  }

  private static Key.Generation with(
      Hasher hasher, KeyId id, Key.Generation generation, Digest seal, Key.Issue issue) {
    var version = seal.version();
    var message = message(id, seal, issue, generation.previous());
    return new Key.Generation(
        generation.number(),
        generation.access(),
        generation.refresh(),
        generation.issuedAt(),
        generation.previous(),
        seal,
        generation.attempt(),
        new Key.Issue(
            issue.branch(),
            issue.origin(),
            issue.idempotencyKey(),
            issue.confirmed(),
            Digest.of(version, hasher.hmac(Purpose.SEAL, version, message))));
  }

  /// Whether the present and the previous generation are intact. The write that replaced the
  /// previous generation kept its seal, because that write checked how long the device had been
  /// idle.
  static boolean intact(Hasher hasher, KeyId id, Key.Generation generation) {
    return hasher.matches(Purpose.SEAL, generation.seal(), message(id, generation))
        && isIssueIntact(hasher, id, generation)
        && generation
            .previous()
            .map(previous ->
                hasher.matches(
                    Purpose.SEAL, previous.seal(), message(id, generation.number() - 1, previous)))
            .orElse(true);
  }

  /// An issue without a seal says nothing that a seal must prove. The version before issues wrote
  /// none.
  private static boolean isIssueIntact(Hasher hasher, KeyId id, Key.Generation generation) {
    var issue = generation.issue();
    return issue.equals(Key.Issue.unknown(issue.idempotencyKey()))
        || hasher.matches(
            Purpose.SEAL,
            issue.seal(),
            message(id, generation.seal(), issue, generation.previous()));
  }

  static Grant.Approval approval(
      Hasher hasher,
      Locator locator,
      Grant.Claim claim,
      Grant.Consent consent,
      Profile profile,
      Instant since,
      boolean numberRequired) {
    var message = message(locator, claim, consent, profile, since, numberRequired);
    var seal = hasher.digest(Purpose.SEAL, message);
    return new Grant.Approval(consent, profile, since, numberRequired, seal);
  }

  static boolean intact(Hasher hasher, Grant grant) {
    var message = message(grant.locator(), grant.request(), grant.expiresAt());
    return hasher.matches(Purpose.SEAL, grant.seal(), message);
  }

  static boolean intact(Hasher hasher, Grant grant, Grant.State.Approved approved) {
    var approval = approved.approval();
    return intact(hasher, grant)
        && hasher.matches(
            Purpose.SEAL,
            approval.seal(),
            message(
                grant.locator(),
                approved.claim(),
                approval.consent(),
                approval.profile(),
                approval.since(),
                approval.numberRequired()));
  }
}
