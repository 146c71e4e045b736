package dev.keyferry.flow;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A registered client, RFC 6749 §2. Clients are configuration. A client that receives keys has no
/// secret (RFC 8628 §5.6), and a client with a secret receives no keys.
///
/// @param scopes every scope that the client may request
/// @param defaultLifetime the lifetime of its keys if it requests none
/// @param maxLifetime the longest lifetime of its keys, whatever it requests
/// @param confirmation when its grants need a precaution, docs/number-matching.md
/// @param redirects where a browser may take codes for it; a client without any has no browser flow
/// @param secretHash the SHA-256 of a confidential client's secret, in lower-case hexadecimal
/// @param introspects whether it may introspect tokens, RFC 7662 §2.1
public record Client(
    String id,
    String name,
    Set<String> grantTypes,
    Scope scopes,
    Duration defaultLifetime,
    Duration maxLifetime,
    ConfirmationPolicy confirmation,
    List<LoopbackUri> redirects,
    Optional<String> secretHash,
    boolean introspects) {

  public static final String DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

  public static final String CODE_GRANT = "authorization_code";

  public static final String REFRESH_GRANT = "refresh_token";

  /// The shortest lifetime that a client may request.
  public static final Duration MIN_LIFETIME = Duration.ofSeconds(60);

  /// A client that receives keys, with the usual confirmation policy.
  public Client(
      String id,
      String name,
      Set<String> grantTypes,
      Scope scopes,
      Duration defaultLifetime,
      Duration maxLifetime) {
    this(
        id,
        name,
        grantTypes,
        scopes,
        defaultLifetime,
        maxLifetime,
        ConfirmationPolicy.MISMATCH,
        List.of(),
        Optional.empty(),
        false);
  }

  /// A client with a secret. It may use no grant type.
  public static Client confidential(
      String id, String name, String secretHash, boolean introspects) {
    return new Client(
        id,
        name,
        Set.of(),
        new Scope(List.of()),
        Duration.ZERO,
        Duration.ZERO,
        ConfirmationPolicy.OFF,
        List.of(),
        Optional.of(secretHash),
        introspects);
  }

  public boolean mayUse(String grantType) {
    return grantTypes.contains(grantType);
  }

  /// Whether a browser may take a code to this URI.
  public boolean allowsRedirectUri(String redirectUri) {
    return redirects.stream().anyMatch(registered -> registered.fits(redirectUri));
  }

  /// Whether the client may still have what was agreed to. Its configuration may have become
  /// narrower since then.
  boolean mayHave(Key.Terms terms) {
    return terms.scope().within(scopes) && terms.lifetime().compareTo(maxLifetime) <= 0;
  }

  /// The requested lifetime, or the client's longest if that is shorter.
  public Duration capped(Duration asked) {
    return asked.compareTo(maxLifetime) < 0 ? asked : maxLifetime;
  }
}
