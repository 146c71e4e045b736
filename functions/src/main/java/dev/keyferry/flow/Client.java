package dev.keyferry.flow;

import java.time.Duration;
import java.util.Set;

/// A registered program, RFC 6749 §2. Clients are configuration; they hold no secret (RFC 8628
/// §5.6).
///
/// @param scopes all that the client may ask for
/// @param defaultLifetime how long its keys live if it does not say
/// @param maxLifetime the longest its keys may live, whatever it says
public record Client(
    String id,
    String name,
    Set<String> grantTypes,
    Scope scopes,
    Duration defaultLifetime,
    Duration maxLifetime) {

  public static final String DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

  public static final String REFRESH_GRANT = "refresh_token";

  /// The shortest life a key may be asked to have.
  public static final Duration MIN_LIFETIME = Duration.ofSeconds(60);

  public boolean mayUse(String grantType) {
    return grantTypes.contains(grantType);
  }

  /// The life of a key asked for: as asked, within the client's cap.
  public Duration capped(Duration asked) {
    return asked.compareTo(maxLifetime) < 0 ? asked : maxLifetime;
  }
}
