package dev.keyferry.lambda;

import static java.util.Map.entry;

import dev.keyferry.flow.Answer;
import dev.keyferry.flow.DeviceRequest;
import dev.keyferry.flow.Grant.Consent;
import dev.keyferry.flow.OAuthError;
import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Precaution;
import dev.keyferry.flow.Scope;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The screen that users see before they agree, and the consent that they give. Both are the same
/// for a device and for a browser's client.
final class Consents {
  private final Clients clients;

  Consents(Clients clients) {
    this.clients = clients;
  }

  /// The request for the screen: who asks for what, when and from where.
  ///
  /// @param precaution the precaution that approve will need, if it comes from the same origin
  Map<String, ?> ask(
      DeviceRequest asked, Origin claimant, Precaution precaution, String approvalNonce) {
    return Map.ofEntries(
        entry("client_id", asked.clientId()),
        entry("client_name", clients.nameOf(asked.clientId())),
        entry("scope", asked.scope().toString()),
        entry("scopes", clients.describe(asked.scope())),
        entry("device_name", asked.deviceName()),
        entry("expires_in", asked.lifetime().toSeconds()),
        entry("link_expires_in", asked.longestLink().toSeconds()),
        entry("requested_at", asked.at().getEpochSecond()),
        entry("requested_from", asked.origin().toString()),
        entry("same_network", asked.origin().sharesNetworkWith(claimant)),
        entry("confirmation", precaution.name().toLowerCase(Locale.ROOT)),
        entry("approval_nonce", approvalNonce));
  }

  /// The consent to everything that was requested, or to less.
  Answer<Consent> read(@Nullable String scope, @Nullable Long expiresIn, @Nullable String name) {
    var named = Optional.ofNullable(name).filter(text -> !text.isEmpty());
    return scope(Optional.ofNullable(scope))
        .then(part ->
            Parameters.lifetime(Optional.ofNullable(expiresIn))
                .then(shorter ->
                    Parameters.name("name", named).map(own -> new Consent(part, shorter, own))));
  }

  /// A scope within what some client may have, because the store's condition names each token of
  /// it.
  private Answer<Optional<Scope>> scope(Optional<String> text) {
    return Parameters.scope(text)
        .filter(
            scope -> scope.map(some -> some.within(clients.scopes())).orElse(true),
            OAuthError.invalidScope("an approval cannot grant more than the client requested"))
        .filter(scope -> scope.map(Scope::grantsAccess).orElse(true), Parameters.ONLY_OFFLINE);
  }
}
