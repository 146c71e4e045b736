package dev.keyferry.web;

import dev.keyferry.flow.Origin;
import dev.keyferry.flow.Subject;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A request as the gateway passed it on.
///
/// @param id the id that the gateway gave it and logs
/// @param publicUrl the URL of this API, from configuration and never from a header
/// @param signIn where users sign in, from configuration
/// @param headers by lower-case name
/// @param origin the address that the gateway saw, never one from a header
/// @param claims what the gateway verified: the claims of the user's access token, or of the key;
/// else empty
public record Request(
    Optional<String> id,
    URI publicUrl,
    SignIn signIn,
    String path,
    String query,
    Map<String, String> headers,
    String body,
    Origin origin,
    Map<String, String> claims) {

  private static final int LARGEST_BODY = 8 * 1024;

  /// Parameters that must never appear in a URL, where they would be logged along the way
  /// (RFC 6750 §5.3, RFC 6749 §2.3.1).
  private static final List<String> SECRETS =
      List.of(
          "device_code",
          "code",
          "user_code",
          "approval_nonce",
          "code_verifier",
          "client_secret",
          "refresh_token",
          "access_token",
          "token");

  /// The parameters by which a client authenticates in a form, RFC 6749 §2.3.1, RFC 7521 §4.2.
  private static final List<String> FORM_CREDENTIALS = List.of("client_secret", "client_assertion");

  private static final Set<String> OTHER_SITES = Set.of("cross-site", "same-site");

  public String lastSegment() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  public Optional<String> header(String lowerCaseName) {
    return Optional.ofNullable(headers.get(lowerCaseName));
  }

  /// The form that a client sent. A browser says whether a page of another site made it send the
  /// form, Fetch Metadata §2.4. A client is not a page, and says nothing.
  public Form form() {
    if (header("sec-fetch-site").filter(OTHER_SITES::contains).isPresent()) {
      throw MalformedRequest.because("requests from pages of other sites are not allowed");
    }
    require("application/x-www-form-urlencoded");
    var form = Form.parse(body);
    requireOneAuthentication(form);
    return form;
  }

  /// A client authenticates in one way only, RFC 6749 §2.3. A `client_id` in the form is not a
  /// credential, and stock clients send it along with Basic. Both must name the same client.
  private void requireOneAuthentication(Form form) {
    var basic = header("authorization").filter(BasicCredentials::isBasic);
    var inForm = FORM_CREDENTIALS.stream().map(form::optional);
    if (Stream.concat(Stream.of(basic), inForm).filter(Optional::isPresent).count() > 1) {
      throw MalformedRequest.because("the request has client credentials in more than one place");
    }
    form.optional("client_id")
        .flatMap(id ->
            basic
                .flatMap(BasicCredentials::parse)
                .filter(credentials -> !credentials.clientId().equals(id)))
        .ifPresent(_ -> {
          throw MalformedRequest.because(
              "the client_id is not that of the client in the Authorization header");
        });
  }

  public <T> T json(Class<T> type) {
    require("application/json");
    return StrictJson.read(body, type);
  }

  /// The signed-in user, who may link devices. The gateway lets no one else through to the routes
  /// that need one.
  public Subject subject() {
    return Subject.parse(claim("sub"))
        .orElseThrow(() ->
            MalformedRequest.because(
                "the token's sub must be 1 to 255 characters without control characters"));
  }

  /// The signed-in user as the owner of linked devices. A device may be older than the rule for
  /// subjects, and its owner can still end it.
  public Subject owner() {
    var subject = claim("sub");
    // Half of a surrogate pair would find the devices of the subject with a question mark there.
    if (subject.length() > Subject.LONGEST
        || !StandardCharsets.UTF_8.newEncoder().canEncode(subject)) {
      throw MalformedRequest.because("the token's sub must be 1 to 255 characters of Unicode");
    }
    return new Subject(subject);
  }

  public Optional<String> optionalClaim(String name) {
    return Optional.ofNullable(claims.get(name)).filter(value -> !value.isEmpty());
  }

  public String claim(String name) {
    return optionalClaim(name)
        .orElseThrow(() -> MalformedRequest.because("the token has no claim " + name));
  }

  /// Decodes a body, which must not be too large and must be UTF-8.
  public static String text(byte[] body) {
    if (body.length > LARGEST_BODY) {
      throw MalformedRequest.because("the body is larger than 8 KiB");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw MalformedRequest.because("the body is not valid UTF-8");
    }
  }

  public void refuseSecretsInQuery() {
    if (Form.parse(query)
        .names()
        .map(name -> name.toLowerCase(Locale.ROOT))
        .anyMatch(SECRETS::contains)) {
      throw MalformedRequest.because("secrets are not allowed in the query string");
    }
  }

  private void require(String type) {
    refuseSecretsInQuery();
    var declared = header("content-type").orElse("").split(";", 2)[0];
    if (!declared.strip().toLowerCase(Locale.ROOT).equals(type)) {
      throw MalformedRequest.because("the Content-Type must be " + type);
    }
  }
}
