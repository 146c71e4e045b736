package dev.keyferry.flow;

import static dev.keyferry.flow.Samples.CLI;
import static dev.keyferry.flow.Samples.DEMO;
import static dev.keyferry.flow.Samples.NOON;
import static dev.keyferry.flow.Samples.digest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.codes.Digest;
import dev.keyferry.flow.KeyStore.Revoker;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Tests of a revocation's author, by which a store recognizes its own work on a key that is
/// already revoked.
final class RevokerTest {
  private final Subject subject = Samples.subject();
  private final Key first = Samples.key(subject, NOON);
  private final Key.Generation tokens = first.generation();
  private final Key renewed =
      Samples.withGeneration(
          first,
          new Key.Generation(
              1,
              digest(),
              digest(),
              NOON,
              Optional.of(
                  new Key.Previous(tokens.access(), tokens.refresh(), NOON, tokens.seal(), NOON)),
              digest(),
              Samples.attempt(),
              Key.Issue.unknown(Optional.empty())));

  private static boolean mayRevoke(Client client, Digest token, Key key) {
    return new Revoker.Holder(client.id(), token).mayRevoke(key);
  }

  @Test
  void the_holder_of_a_token_may_revoke_only_at_the_keys_client() {
    for (var token : new Digest[] {tokens.access(), tokens.refresh()}) {
      assertThat(mayRevoke(CLI, token, first)).isTrue();
      assertThat(mayRevoke(CLI, token, renewed)).as("the previous tokens").isTrue();
      assertThat(mayRevoke(DEMO, token, first)).isFalse();
    }
    assertThat(mayRevoke(CLI, digest(), first)).isFalse();
    assertThat(mayRevoke(CLI, renewed.generation().access(), first)).isFalse();
  }

  @Test
  void the_owner_and_this_server_may_revoke_and_no_other_user() {
    assertThat(new Revoker.Owner(subject).mayRevoke(first)).isTrue();
    assertThat(new Revoker.Owner(Samples.subject()).mayRevoke(first)).isFalse();
    assertThat(new Revoker.Server().mayRevoke(first)).isTrue();
  }
}
