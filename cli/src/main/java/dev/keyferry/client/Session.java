package dev.keyferry.client;

import java.net.http.HttpRequest;
import java.util.Map;
import java.util.Optional;

/// A login in use: hands out an access token that is good, and refreshes it once for all processes.
public final class Session {
  private final Http http;
  private final Profile profile;
  private final TokenStore store;
  private final Directories directories;
  private final Time time;

  private Session(
      Http http, Profile profile, TokenStore store, Directories directories, Time time) {
    this.http = http;
    this.profile = profile;
    this.store = store;
    this.directories = directories;
    this.time = time;
  }

  public static Session of(
      Http http, Profile profile, TokenStore store, Directories directories, Time time) {
    return new Session(http, profile, store, directories, time);
  }

  /// A session of `KEYFERRY_TOKEN`, a key that is sent as it is and never stored; empty if the
  /// environment has none.
  public static Optional<Session> ofEnvironment(Http http, Map<String, String> environment) {
    return Soon.later(http, environment);
  }

  /// Empty for a session of the environment.
  public Optional<Profile> profile() {
    return Optional.of(profile);
  }

  /// Keeps what a login brought, in place of what was there.
  public void keep(Tokens tokens) throws LoginException, InterruptedException {
    Soon.later(http, store, directories, time, tokens);
  }

  /// Keeps a key that somebody pasted.
  public void keepKey(String key) throws LoginException, InterruptedException {
    Soon.later(this, key);
  }

  /// What is kept, as it is, fresh or not; of a key only the access token is known.
  public Optional<Tokens> kept() throws LoginException {
    return Soon.later(this);
  }

  /// An access token that is good for a minute at least, or for as long as the server gives them.
  ///
  /// @throws LoginException.LoggedOut if a person must log in again
  /// @throws LoginException.Unreachable if it must be refreshed and the server is out of reach: it is
  /// kept as it was
  public String accessToken() throws LoginException, InterruptedException {
    return Soon.later(this);
  }

  /// Sends a request with the token; once more with a fresh one if the answer is 401.
  ///
  /// @param request without the header `Authorization`
  public Reply send(HttpRequest.Builder request) throws LoginException, InterruptedException {
    return Soon.later(this, request);
  }

  /// Revokes what is kept at the server (RFC 7009), then forgets it here whatever the server said.
  ///
  /// @return whether the server confirmed; false if it was out of reach or revokes nothing
  public boolean logout() throws LoginException, InterruptedException {
    return Soon.later(this);
  }
}
