package dev.keyferry.client;

import dev.keyferry.client.LoginException.LoggedOut;
import dev.keyferry.client.LoginException.Unreachable;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A login in use. It returns a valid access token, and refreshes it once for all processes.
public final class Session {
  private static final Duration MARGIN = Duration.ofSeconds(60);
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  private final Http http;
  private final Time time;
  private final Source source;

  /// The place of the tokens.
  private sealed interface Source {
    Optional<Tokens> load() throws LoginException;

    /// From the environment.
    record Given(Tokens tokens) implements Source {
      @Override
      public Optional<Tokens> load() {
        return Optional.of(tokens);
      }
    }

    /// From a profile.
    record Stored(Profile profile, TokenStore store, Directories directories) implements Source {
      String name() {
        return "login/" + profile.name();
      }

      ProcessLock lock() throws LoginException, InterruptedException {
        return ProcessLock.take(
            directories.state().resolve("locks").resolve(profile.name() + ".lock"));
      }

      @Override
      public Optional<Tokens> load() throws LoginException {
        return loadStored().map(StoredTokens::tokens);
      }

      Optional<StoredTokens> loadStored() throws LoginException {
        var secret = store.get(name());
        if (secret.isEmpty()) {
          return Optional.empty();
        }
        var kept = StoredTokens.parse(secret.get());
        if (!kept.issuer().equals(profile.issuer())
            || !kept.clientId().equals(profile.clientId())) {
          throw new LoggedOut(
              "The profile %s was edited and names another server or client. Log in again."
                  .formatted(profile.name()));
        }
        return Optional.of(kept);
      }

      void save(Tokens tokens) throws LoginException {
        store.put(name(), secret(tokens));
      }

      String secret(Tokens tokens) {
        return StoredTokens.of(profile.issuer(), profile.clientId(), tokens).toSecret();
      }
    }
  }

  private Session(Http http, Time time, Source source) {
    this.http = http;
    this.time = time;
    this.source = source;
  }

  public static Session of(
      Http http, Profile profile, TokenStore store, Directories directories, Time time) {
    return new Session(http, time, new Source.Stored(profile, store, directories));
  }

  /// A session of `KEYFERRY_TOKEN`, a key that is sent as it is and never stored. Empty if the
  /// variable is not set.
  ///
  /// @throws LoginException.Storage if the value cannot be a key
  public static Optional<Session> ofEnvironment(Http http, Map<String, String> environment)
      throws LoginException {
    var key = environment.getOrDefault("KEYFERRY_TOKEN", "").strip();
    return key.isEmpty()
        ? Optional.empty()
        : Optional.of(new Session(http, Time.SYSTEM, new Source.Given(Tokens.ofKey(key))));
  }

  /// Empty for a session of the environment.
  public Optional<Profile> profile() {
    return source instanceof Source.Stored stored
        ? Optional.of(stored.profile())
        : Optional.empty();
  }

  /// Stores the tokens of a login, and replaces earlier ones.
  public void keep(Tokens tokens) throws LoginException, InterruptedException {
    var stored = stored();
    try (var _ = stored.lock()) {
      stored.store().replace(stored.name(), stored.secret(tokens));
    }
  }

  /// Stores a key that the person already has.
  ///
  /// @throws LoginException.Storage if the text cannot be a key
  public void keepKey(String key) throws LoginException, InterruptedException {
    keep(Tokens.ofKey(key.strip()));
  }

  private Source.Stored stored() {
    return switch (source) {
      case Source.Stored stored -> stored;
      case Source.Given _ ->
          throw new IllegalStateException("a key from the environment is not stored");
    };
  }

  /// The stored tokens, expired or not. For a key, only the access token is known.
  public Optional<Tokens> storedTokens() throws LoginException {
    return source.load();
  }

  /// An access token that is valid for at least a minute, if the server issues such tokens. If the
  /// server is unreachable, the token may expire sooner.
  ///
  /// @throws LoginException.LoggedOut if a person must log in again
  /// @throws LoginException.Unreachable if the token must be refreshed and the server is
  /// unreachable. The stored tokens do not change.
  public String accessToken() throws LoginException, InterruptedException {
    return fresh().accessToken();
  }

  private Tokens fresh() throws LoginException, InterruptedException {
    var tokens = required();
    if (tokens.isValidAt(now().plus(MARGIN))) {
      return tokens;
    }
    if (tokens.refreshToken().isEmpty()) {
      return usable(tokens);
    }
    try {
      return refreshed(tokens);
    } catch (Unreachable e) {
      if (tokens.isValidAt(now())) {
        return tokens;
      }
      throw e;
    }
  }

  private Tokens required() throws LoginException {
    return storedTokens().orElseThrow(this::noLogin);
  }

  private LoggedOut noLogin() {
    return new LoggedOut(
        profile()
            .map(profile -> "The profile '%s' is not logged in.".formatted(profile.name()))
            .orElse("There is no login."));
  }

  private Tokens usable(Tokens tokens) throws LoginException {
    if (!tokens.isValidAt(now())) {
      throw new LoggedOut("The login has expired. Log in again.");
    }
    return tokens;
  }

  private Instant now() {
    return time.clock().instant();
  }

  /// Refreshes the tokens, unless another process has done so since they were read. A process that
  /// waited for the lock finds the new tokens.
  private Tokens refreshed(Tokens seen) throws LoginException, InterruptedException {
    var stored = stored();
    try (var _ = stored.lock()) {
      var kept = stored.loadStored().orElseThrow(this::noLogin);
      var current = kept.tokens();
      if (!current.accessToken().equals(seen.accessToken()) && current.isValidAt(now())) {
        return current;
      }
      var refreshToken = current.refreshToken();
      if (refreshToken.isEmpty()) {
        return usable(current);
      }
      var server = Server.discover(http, stored.profile().issuer());
      var fresh = refresh(server, stored, kept, refreshToken.get());
      stored.save(fresh);
      return fresh;
    }
  }

  private Tokens refresh(
      Server server, Source.Stored stored, StoredTokens kept, String refreshToken)
      throws LoginException, InterruptedException {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("grant_type", "refresh_token");
    parameters.put("refresh_token", refreshToken);
    parameters.put("client_id", stored.profile().clientId());
    var asked = now();
    var reply = PersistentRequest.send(server, time, parameters, kept.idempotencyKey(refreshToken));
    if (reply.status() == 200) {
      return Tokens.read(reply.json(), asked, kept.tokens().scope()).withMissingFrom(kept.tokens());
    }
    var refusal = Refusal.read(reply);
    if (refusal.error().equals("invalid_grant")) {
      stored.store().delete(stored.name());
      throw new LoggedOut("The login has ended or was revoked. Log in again.");
    }
    throw refusal.asException();
  }

  /// Sends a request with the token. If the token is refused, sends it once more with a fresh
  /// token.
  ///
  /// @param request without the header `Authorization`
  public Reply send(HttpRequest.Builder request) throws LoginException, InterruptedException {
    var tokens = fresh();
    var reply = send(request, tokens);
    return isTokenRefused(reply) && tokens.refreshToken().isPresent()
        ? send(request, refreshed(tokens))
        : reply;
  }

  /// RFC 6750 §3.1 requires 401. If the key authorizer of docs/http.md refuses a key, API Gateway
  /// sends 403 with a `message` and without an `error`. A 403 from the API itself has a different
  /// body.
  private static boolean isTokenRefused(Reply reply) {
    if (reply.status() != FORBIDDEN) {
      return reply.status() == UNAUTHORIZED;
    }
    try {
      var json = reply.json();
      return json.has("message") && !json.has("error");
    } catch (LoginException _) {
      return false;
    }
  }

  private Reply send(HttpRequest.Builder request, Tokens tokens)
      throws LoginException, InterruptedException {
    return http.send(
        request.copy().setHeader("Authorization", Tokens.BEARER + " " + tokens.accessToken()));
  }

  /// Revokes the tokens at the server (RFC 7009), and then deletes them here even if that fails. A
  /// key that was stored with [#keepKey(String)] is only deleted, because others may use it.
  ///
  /// @return whether the server confirmed; false if it was unreachable or does not support
  /// revocation
  public boolean logout() throws LoginException, InterruptedException {
    var stored = stored();
    try (var _ = stored.lock()) {
      try {
        var tokens = stored.load();
        return tokens.isPresent()
            && stored.profile().kind() == Profile.Kind.LOGIN
            && revoke(stored.profile(), tokens.get());
      } catch (LoginException _) {
        return false;
      } finally {
        stored.store().delete(stored.name());
      }
    }
  }

  /// Revokes tokens that are no longer stored, and leaves the stored ones.
  ///
  /// @return whether the server confirmed
  public boolean revoke(Tokens tokens) throws LoginException, InterruptedException {
    return revoke(stored().profile(), tokens);
  }

  /// Revoking the refresh token ends the login. The access token is revoked too, because some
  /// servers leave it valid.
  private boolean revoke(Profile profile, Tokens tokens)
      throws LoginException, InterruptedException {
    var metadata = Server.discover(http, profile.issuer()).metadata();
    if (metadata.revocationEndpoint().isEmpty()) {
      return false;
    }
    var confirmed = true;
    for (var token : tokens.refreshToken().stream().toList()) {
      confirmed &= revoke(metadata, profile, token, "refresh_token");
    }
    return revoke(metadata, profile, tokens.accessToken(), "access_token") && confirmed;
  }

  private boolean revoke(Metadata metadata, Profile profile, String token, String kind)
      throws LoginException, InterruptedException {
    var parameters = new LinkedHashMap<String, String>();
    parameters.put("token", token);
    parameters.put("token_type_hint", kind);
    parameters.put("client_id", profile.clientId());
    var reply = http.post(metadata.revocationEndpoint().orElseThrow(), parameters);
    return reply.status() == 200;
  }
}
