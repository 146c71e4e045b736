package dev.keyferry.clients;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads clients, one after the other. It skips checks that depend on a refused value, so that one
/// mistake is one problem.
final class EntryReader {
  private static final String CLIENT_ID = "client_id";
  private static final String CLIENT_NAME = "client_name";
  private static final String GRANT_TYPES = "grant_types";
  private static final String SCOPES = "scopes";
  private static final String DEFAULT_LIFETIME = "default_lifetime";
  private static final String MAX_LIFETIME = "max_lifetime";
  private static final String CONFIRMATION = "confirmation";
  private static final String REDIRECT_URIS = "redirect_uris";
  private static final String SECRET_SHA256 = "secret_sha256";
  private static final String INTROSPECTS = "introspects";

  /// Every member that a client may have.
  static final List<String> MEMBERS =
      List.of(
          CLIENT_ID,
          CLIENT_NAME,
          GRANT_TYPES,
          SCOPES,
          DEFAULT_LIFETIME,
          MAX_LIFETIME,
          CONFIRMATION,
          REDIRECT_URIS,
          SECRET_SHA256,
          INTROSPECTS);

  private static final List<String> KEY_MEMBERS =
      List.of(GRANT_TYPES, SCOPES, DEFAULT_LIFETIME, MAX_LIFETIME, CONFIRMATION, REDIRECT_URIS);

  private static final String DEVICE_CODE = "device_code";
  private static final String REFRESH_TOKEN = "refresh_token";
  private static final Map<String, String> PROTOCOL_NAMES =
      Map.of(
          DEVICE_CODE, "urn:ietf:params:oauth:grant-type:device_code",
          REFRESH_TOKEN, "refresh_token");

  /// When a client's grants need number matching. The first is the default.
  private static final List<String> POLICIES = List.of("mismatch", "off", "always");

  /// Asks for a refresh token, OpenID Connect Core §11.
  private static final String OFFLINE_ACCESS = "offline_access";

  /// Narrower than RFC 6749 Appendix A.1, so that an id needs no escaping in HTTP Basic, in a URL
  /// or in a log.
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  private static final int LONGEST_NAME = 64;

  /// An approval of some of the scopes names each of them in one condition of the store, which has
  /// room for twice as many.
  private static final int MOST_SCOPES = 50;

  /// RFC 6749 §3.3.
  private static final Pattern SCOPE = Pattern.compile("[\\x21\\x23-\\x5B\\x5D-\\x7E]+");

  /// Without a port, which the program chooses when it listens (RFC 8252 §7.3), and without
  /// characters that a browser would rewrite.
  private static final Pattern REDIRECT_URI =
      Pattern.compile("http://(127\\.0\\.0\\.1|\\[::1])(/|(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?)");

  private static final int LONGEST_REDIRECT_URI = 200;

  /// Not one of the file's grant types. A client with redirect URIs has this grant type.
  private static final String AUTHORIZATION_CODE = "authorization_code";

  private static final Pattern SHA256 = Pattern.compile("[0-9A-Fa-f]{64}");

  private final Problems problems;
  private final Map<String, Integer> linesOfIds = new HashMap<>();

  EntryReader(Problems problems) {
    this.problems = problems;
  }

  /// Empty if a required member is missing or invalid.
  Optional<Entry> read(Members client) {
    client.require(CLIENT_ID);
    client.require(CLIENT_NAME);
    var id = client.text(CLIENT_ID);
    var name = client.text(CLIENT_NAME);
    id.ifPresent(this::checkId);
    name.ifPresent(this::checkName);
    var introspects = introspects(client);
    return client.has(SECRET_SHA256) || introspects.equals(Optional.of(true))
        ? confidential(client, id, name, introspects)
        : withKeys(client, id, name);
  }

  private void checkId(Text id) {
    if (!ID.matcher(id.text()).matches()) {
      problems.add(
          id.line(),
          ("client_id %s is malformed: use a letter or digit, then letters, digits, and . _ - (at"
                  + " most 64 characters)")
              .formatted(id));
    }
    var first = linesOfIds.putIfAbsent(id.text(), id.line());
    if (first != null) {
      problems.add(id.line(), "client_id %s is already used on line %d".formatted(id, first));
    }
  }

  private void checkName(Text name) {
    var text = name.text();
    if (text.isBlank()) {
      problems.add(name.line(), "client_name is empty; users see it when they approve");
    }
    var length = text.codePointCount(0, text.length());
    if (length > LONGEST_NAME) {
      problems.add(
          name.line(),
          "client_name has %d characters; the limit is %d".formatted(length, LONGEST_NAME));
    }
    if (!text.codePoints().allMatch(Text::isPlain)) {
      problems.add(
          name.line(),
          "client_name %s contains a control or formatting character, or a line break"
              .formatted(name));
    }
  }

  private Optional<Entry> withKeys(Members client, Optional<Text> id, Optional<Text> name) {
    client.require(GRANT_TYPES);
    client.require(SCOPES);
    var grantTypes = client.texts(GRANT_TYPES);
    var scopes = client.texts(SCOPES);
    scopes.ifPresent(tokens -> checkScopes(client.lineOf(SCOPES), tokens));
    grantTypes
        .filter(types -> checkGrantTypes(client.lineOf(GRANT_TYPES), types))
        .ifPresent(types -> scopes.ifPresent(tokens -> checkRefresh(types, tokens)));
    var max = lifetime(client, MAX_LIFETIME).orElse(Lifetime.LONGEST);
    var defaultLifetime =
        lifetime(client, DEFAULT_LIFETIME).orElse(Lifetime.shorter(Lifetime.DEFAULT, max));
    if (defaultLifetime.compareTo(max) > 0) {
      problems.add(
          client.lineOf(DEFAULT_LIFETIME),
          "default_lifetime %s is more than max_lifetime %s".formatted(defaultLifetime, max));
    }
    var confirmation = confirmation(client);
    var redirectUris = redirectUris(client);
    if (id.isEmpty() || name.isEmpty() || grantTypes.isEmpty() || scopes.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Entry.WithKeys(
            id.get().text(),
            name.get().text(),
            Stream.concat(
                    grantTypes.get().stream()
                        .map(type -> PROTOCOL_NAMES.getOrDefault(type.text(), type.text())),
                    redirectUris.isEmpty() ? Stream.empty() : Stream.of(AUTHORIZATION_CODE))
                .toList(),
            scopes.get().stream().map(Text::text).toList(),
            defaultLifetime.duration(),
            max.duration(),
            confirmation,
            redirectUris));
  }

  private List<String> redirectUris(Members client) {
    if (!client.has(REDIRECT_URIS)) {
      return List.of();
    }
    var uris = client.texts(REDIRECT_URIS).orElse(List.of());
    checkDistinct("redirect URI", uris);
    uris.stream()
        .filter(uri ->
            uri.text().length() > LONGEST_REDIRECT_URI
                || !REDIRECT_URI.matcher(uri.text()).matches())
        .forEach(uri ->
            problems.add(
                uri.line(),
                ("redirect URI %s is not a loopback address:"
                        + " use http://127.0.0.1 or http://[::1] with a plain path and no port")
                    .formatted(uri)));
    return uris.stream().map(Text::text).toList();
  }

  /// Read as it is spelled, because YAML reads `off` as false.
  private String confirmation(Members client) {
    return client
        .spelling(CONFIRMATION)
        .map(said -> {
          if (!POLICIES.contains(said.text())) {
            problems.add(said.line(), "confirmation " + said + " must be off, mismatch, or always");
          }
          return said.text();
        })
        .orElse(POLICIES.getFirst());
  }

  /// Whether all of the grant types are known.
  private boolean checkGrantTypes(int line, List<Text> types) {
    checkDistinct("grant type", types);
    var unknown = types.stream().filter(type -> !PROTOCOL_NAMES.containsKey(type.text())).toList();
    unknown.forEach(type ->
        problems.add(
            type.line(),
            "unknown grant type %s; the grant types are device_code and refresh_token"
                .formatted(type)));
    if (unknown.isEmpty() && !names(types, DEVICE_CODE)) {
      problems.add(
          line, "grant_types must include device_code; without it, the client gets no keys");
    }
    return unknown.isEmpty();
  }

  private void checkScopes(int line, List<Text> scopes) {
    if (scopes.isEmpty()) {
      problems.add(line, "scopes is empty; a client needs at least one scope");
    }
    if (!scopes.isEmpty()
        && scopes.stream().allMatch(scope -> scope.text().equals(OFFLINE_ACCESS))) {
      problems.add(
          line, "scopes has only offline_access; a client needs a scope that gives it access");
    }
    if (scopes.size() > MOST_SCOPES) {
      problems.add(
          line, "scopes has %d elements; the limit is %d".formatted(scopes.size(), MOST_SCOPES));
    }
    scopes.stream()
        .filter(scope -> !SCOPE.matcher(scope.text()).matches())
        .forEach(scope ->
            problems.add(
                scope.line(),
                "scope %s is malformed: use printable ASCII without spaces, \", and \\"
                    .formatted(scope)));
    checkDistinct("scope", scopes);
  }

  /// The scope requests refresh tokens, and the grant type uses them. Neither is useful alone.
  private void checkRefresh(List<Text> grantTypes, List<Text> scopes) {
    if (!names(grantTypes, REFRESH_TOKEN)) {
      scopes.stream()
          .filter(scope -> scope.text().equals(OFFLINE_ACCESS))
          .forEach(scope ->
              problems.add(scope.line(), "offline_access requires the grant type refresh_token"));
    }
    if (!names(scopes, OFFLINE_ACCESS)) {
      grantTypes.stream()
          .filter(type -> type.text().equals(REFRESH_TOKEN))
          .forEach(
              type -> problems.add(type.line(), "refresh_token requires the scope offline_access"));
    }
  }

  private static boolean names(List<Text> texts, String wanted) {
    return texts.stream().anyMatch(text -> text.text().equals(wanted));
  }

  private void checkDistinct(String what, List<Text> texts) {
    var seen = new HashSet<String>();
    texts.stream()
        .filter(text -> !seen.add(text.text()))
        .forEach(text -> problems.add(text.line(), what + " " + text + " appears twice"));
  }

  private Optional<Lifetime> lifetime(Members client, String name) {
    return client.spelling(name).flatMap(text -> lifetime(name, text));
  }

  private Optional<Lifetime> lifetime(String name, Text text) {
    var lifetime = Lifetime.parse(text.text());
    if (lifetime.isEmpty()) {
      problems.add(
          text.line(),
          "%s %s is not a lifetime: use a whole number and s, m, h, or d, such as 24h"
              .formatted(name, text));
    } else if (lifetime.get().compareTo(Lifetime.SHORTEST) < 0) {
      problems.add(
          text.line(), "%s %s is less than %s".formatted(name, lifetime.get(), Lifetime.SHORTEST));
    } else if (lifetime.get().compareTo(Lifetime.LONGEST) > 0) {
      problems.add(
          text.line(), "%s %s is more than %s".formatted(name, lifetime.get(), Lifetime.LONGEST));
    } else {
      return lifetime;
    }
    return Optional.empty();
  }

  private Optional<Boolean> introspects(Members client) {
    return client
        .spelling(INTROSPECTS)
        .flatMap(text -> {
          var said = text.text();
          if (said.equals("true") || said.equals("false")) {
            return Optional.of(said.equals("true"));
          }
          problems.add(text.line(), "introspects " + text + " must be true or false");
          return Optional.empty();
        });
  }

  private Optional<Entry> confidential(
      Members client, Optional<Text> id, Optional<Text> name, Optional<Boolean> introspects) {
    KEY_MEMBERS.stream()
        .filter(client::has)
        .forEach(member ->
            problems.add(
                client.lineOf(member),
                member + " is not allowed with secret_sha256; such a client gets no keys"));
    if (!client.has(SECRET_SHA256)) {
      problems.add(client.lineOf(INTROSPECTS), "introspects: true requires secret_sha256");
    } else if (!client.has(INTROSPECTS) || introspects.equals(Optional.of(false))) {
      problems.add(client.lineOf(SECRET_SHA256), "secret_sha256 requires introspects: true");
    }
    var secret = client.spelling(SECRET_SHA256);
    secret.filter(text -> !SHA256.matcher(text.text()).matches()).ifPresent(this::refuseSecret);
    return id.isPresent() && name.isPresent() && secret.isPresent()
        ? Optional.of(
            new Entry.Confidential(id.get().text(), name.get().text(), secret.get().text()))
        : Optional.empty();
  }

  /// The problem does not quote the value, which may be the secret itself.
  private void refuseSecret(Text secret) {
    problems.add(
        secret.line(),
        "secret_sha256 must be the 64 hexadecimal digits of a SHA-256 hash, as sha256sum prints"
            + " them");
  }
}
