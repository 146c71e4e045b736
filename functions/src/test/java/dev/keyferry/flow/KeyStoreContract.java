package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.flow.Samples.attempt;
import static dev.keyferry.flow.Samples.digest;
import static dev.keyferry.flow.Samples.subject;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.flow.Grant.Approval;
import dev.keyferry.flow.Grant.Claim;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.Grant.Redemption;
import dev.keyferry.flow.GrantStore.Proof;
import dev.keyferry.flow.GrantStore.Redeemed;
import dev.keyferry.flow.KeyStore.Holding;
import dev.keyferry.flow.KeyStore.Standing;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What every key store promises. Keys come into it as they do in life, by a redemption.
public abstract class KeyStoreContract {
  private static final Instant HOUR = NOON.truncatedTo(ChronoUnit.HOURS);

  private final Subject subject = subject();
  private final Key key = Samples.key(subject, NOON);

  protected abstract Stores stores();

  private KeyStore keys() {
    return stores().keys();
  }

  private void issue(Key issued) {
    var grant = Samples.grant(Samples.request(NOON));
    var locator = grant.locator();
    var claim = new Claim(issued.subject(), digest());
    stores().grants().create(grant, NOON);
    stores().grants().claim(locator, claim, NOON);
    stores().grants().approve(locator, claim, new Approval(Consent.TO_ALL, NOON, digest()), NOON);
    assertThat(
            stores()
                .grants()
                .redeem(
                    locator,
                    new Proof(grant.request().clientId(), grant.deviceSecret(), Optional.empty()),
                    NOON,
                    new Redemption(NOON, attempt(), Optional.empty()),
                    issued))
        .isEqualTo(new Redeemed.Stored());
  }

  private Key found() {
    return stores().find(key.id()).orElseThrow();
  }

  private Standing standing() {
    return keys().findWithStanding(key.id()).map(Holding::standing).orElseThrow();
  }

  @Test
  void an_unknown_key_is_not_found() {
    assertThat(stores().find(key.id())).isEmpty();
    assertThat(keys().findWithStanding(key.id())).isEmpty();
  }

  @Test
  void every_field_of_a_key_is_kept() {
    issue(key);

    assertThat(stores().find(key.id())).contains(key);
    assertThat(keys().findWithStanding(key.id())).contains(new Holding(key, Standing.GOOD));
  }

  @Test
  void a_key_without_a_name_is_kept_without_one() {
    var nameless =
        new Key(
            key.id(),
            key.hash(),
            key.seal(),
            "demo",
            subject,
            new Scope(List.of("read")),
            Optional.empty(),
            Origin.parse("2001:db8::7"),
            NOON,
            NOON.plus(Duration.ofDays(365)),
            Optional.empty(),
            Optional.empty());
    issue(nameless);

    assertThat(stores().find(key.id())).contains(nameless);
  }

  @Test
  void the_standing_tells_a_disabled_subject() {
    issue(key);
    stores().disable(subject);

    assertThat(standing()).isEqualTo(new Standing(true, Optional.empty()));
  }

  @Test
  void the_standing_tells_when_the_subject_signed_out() {
    issue(key);
    stores().signOut(subject, NOON.plusMillis(7));

    assertThat(standing()).isEqualTo(new Standing(false, Optional.of(NOON.plusMillis(7))));
  }

  @Test
  void the_standing_tells_both_at_once() {
    issue(key);
    stores().signOut(subject, NOON);
    stores().disable(subject);

    assertThat(standing()).isEqualTo(new Standing(true, Optional.of(NOON)));
  }

  @Test
  void a_standing_that_changes_after_a_first_look_is_seen_by_the_next() {
    issue(key);
    assertThat(standing()).isEqualTo(Standing.GOOD);

    stores().signOut(subject, NOON);
    assertThat(standing()).isEqualTo(new Standing(false, Optional.of(NOON)));

    stores().disable(subject);
    assertThat(standing()).isEqualTo(new Standing(true, Optional.of(NOON)));
  }

  @Test
  void the_standing_is_that_of_the_keys_own_subject() {
    var other = Samples.key(subject(), NOON);
    issue(key);
    issue(other);
    stores().disable(other.subject());

    assertThat(standing()).isEqualTo(Standing.GOOD);
    assertThat(keys().findWithStanding(other.id()))
        .contains(new Holding(other, new Standing(true, Optional.empty())));
  }

  @Test
  void a_revocation_is_seen_by_the_next_look() {
    issue(key);
    assertThat(keys().findWithStanding(key.id())).isPresent();

    stores().revoke(key.id(), NOON.plusMillis(7));

    assertThat(found().revokedAt()).contains(NOON.plusMillis(7));
    assertThat(keys().findWithStanding(key.id()).map(Holding::key)).contains(found());
  }

  @Test
  void the_hour_of_a_use_is_noted_and_nothing_else() {
    issue(key);

    keys().markUsed(key.id(), HOUR);

    assertThat(found())
        .isEqualTo(
            new Key(
                key.id(),
                key.hash(),
                key.seal(),
                key.clientId(),
                key.subject(),
                key.scope(),
                key.name(),
                key.origin(),
                key.createdAt(),
                key.expiresAt(),
                Optional.empty(),
                Optional.of(HOUR)));
  }

  @Test
  void a_later_use_replaces_an_earlier_one_but_never_the_other_way_round() {
    issue(key);
    keys().markUsed(key.id(), HOUR);

    keys().markUsed(key.id(), HOUR.plus(Duration.ofHours(1)));
    assertThat(found().lastUsedAt()).contains(HOUR.plus(Duration.ofHours(1)));

    keys().markUsed(key.id(), HOUR);
    assertThat(found().lastUsedAt()).contains(HOUR.plus(Duration.ofHours(1)));
  }

  @Test
  void the_use_of_an_unknown_key_makes_no_row() {
    keys().markUsed(key.id(), HOUR);

    assertThat(stores().find(key.id())).isEmpty();
  }
}
