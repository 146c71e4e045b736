package dev.keyferry.flow;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A registered program, RFC 6749 §2. Clients are configuration. Those that get keys hold no secret
/// (RFC 8628 §5.6); one that holds a secret gets no keys.
///
/// @param scopes all that the client may ask for
/// @param defaultLifetime how long its keys live if it does not say
/// @param maxLifetime the longest its keys may live, whatever it says
/// @param confirmation when its grants are checked, docs/number-matching.md
/// @param redirects where a browser may take codes for it; none, and it has no browser flow
/// @param secretHash the SHA-256 of a confidential client's secret, in lower-case hexadecimal
/// @param introspects whether it may ask about keys, RFC 7662 §2.1
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

  /// The shortest life a key may be asked to have.
  public static final Duration MIN_LIFETIME = Duration.ofSeconds(60);

  /// A client that gets keys, checked as most are.
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

  /// A client with a secret: no grant is open to it.
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

  /// Whether a browser may take a code there.
  public boolean mayBeAnsweredAt(String redirectUri) {
    return redirects.stream().anyMatch(registered -> registered.fits(redirectUri));
  }

  /// Whether it may still have what was agreed to: its configuration can since have become
  /// narrower.
  boolean mayHave(Key.Terms terms) {
    return terms.scope().within(scopes) && terms.lifetime().compareTo(maxLifetime) <= 0;
  }

  /// The life of a key asked for: as asked, within the client's cap.
  public Duration capped(Duration asked) {
    return asked.compareTo(maxLifetime) < 0 ? asked : maxLifetime;
  }
}
