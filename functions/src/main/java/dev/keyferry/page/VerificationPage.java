package dev.keyferry.page;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import dev.keyferry.web.SignIn;
import dev.keyferry.web.StrictJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The verification page and the files that it loads, RFC 8628 §3.3. It is also the authorization
/// endpoint, RFC 6749 §3.1. It is static, so a GET changes nothing. The document is made for the
/// reader's language and is never cached. The path of each file contains the hash of all files, so
/// each file is cached forever.
public final class VerificationPage {
  private static final List<String> DOCUMENTS =
      List.of("/device", "/device/linked", "/oauth/authorize");
  private static final String STYLE = "device.css";
  private static final int VERSION_BYTES = 6;
  private static final String TRANSPORT_SECURITY = "max-age=63072000";
  private static final Pattern QUERY = Pattern.compile("[\\x21-\\x7E]+");
  private static final Pattern BLANK = Pattern.compile("\\{\\{([^}]+)}}");

  static final List<String> SCRIPTS =
      List.of(
          "api.js",
          "app.js",
          "code.js",
          "consent.js",
          "devices.js",
          "document.js",
          "flow.js",
          "formats.js",
          "login.js",
          "oauth4webapi.js",
          "screens.js",
          "sign-in.js",
          "words.js");

  private static final Map<String, String> TYPES =
      Map.of(
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "json", "application/json",
          "svg", "image/svg+xml");

  private final String document = read("device.html");
  private final Map<String, ObjectNode> words =
      Languages.ALL.stream().collect(toMap(UnaryOperator.identity(), VerificationPage::of));
  private final Map<String, PageFile> files = new HashMap<>();
  private final Map<Reader, PageFile> documents = new ConcurrentHashMap<>();
  private final Map<String, String> settings;

  /// The sign-in and the language that a document is made for. There are as many readers as
  /// languages.
  private record Reader(SignIn signIn, String language) {}

  /// The operator's branding.
  ///
  /// @param accentColor `#rrggbb`
  /// @param supportUrl may be empty
  public record Branding(String name, String accentColor, String supportUrl) {}

  public VerificationPage(Branding branding) {
    var texts = new TreeMap<String, String>();
    Stream.concat(SCRIPTS.stream(), Languages.ALL.stream().map(VerificationPage::words))
        .forEach(name -> texts.put(name, read(name)));
    texts.put("logo.svg", read("logo.svg"));
    texts.put(STYLE, Accent.parse(branding.accentColor()).css() + read(STYLE));
    var version = version(texts);
    texts.forEach((name, text) ->
        files.put("/device/" + version + "/" + name, new PageFile(text, headers(name))));
    settings =
        Map.of(
            "version", version,
            "brand", branding.name(),
            "support", branding.supportUrl());
  }

  public Response answer(Request request) {
    if (DOCUMENTS.contains(request.path())) {
      var reader = new Reader(request.signIn(), Languages.preferred(request));
      return documents.computeIfAbsent(reader, this::document).to(request);
    }
    return Optional.ofNullable(files.get(request.path()))
        .map(file -> file.to(request))
        .or(() -> meant(request.path()).map(page -> redirect(request, page)))
        .orElseGet(() -> Response.json(404, Map.of("message", "Not Found")));
  }

  /// The page that a person means who types this path.
  private static Optional<String> meant(String path) {
    return path.equals("/")
        ? Optional.of(DOCUMENTS.getFirst())
        : DOCUMENTS.stream().filter(document -> path.equals(document + "/")).findFirst();
  }

  /// Sends the browser to a page, with the query string, which may prefill it. No browser remembers
  /// this.
  private static Response redirect(Request request, String page) {
    var query = QUERY.matcher(request.query()).matches() ? "?" + request.query() : "";
    var headers = new TreeMap<>(commonHeaders());
    headers.put("cache-control", "no-store");
    headers.put("location", request.publicUrl() + page + query);
    headers.put("strict-transport-security", TRANSPORT_SECURITY);
    return new Response(302, headers, "");
  }

  private PageFile document(Reader reader) {
    var signIn = reader.signIn();
    var language = reader.language();
    var values = new HashMap<>(settings);
    values.put("issuer", signIn.issuer().toString());
    values.put("client_id", signIn.clientId());
    values.put("scope", signIn.scope());
    values.put("audience", signIn.audience().orElse(""));
    values.put("resource", signIn.resource().orElse(""));
    values.put("language", language);
    values.put("direction", Languages.direction(language));
    var html = BLANK.matcher(document).replaceAll(blank -> fill(blank.group(1), values, language));
    return new PageFile(html, documentHeaders(signIn, language));
  }

  private String fill(String blank, Map<String, String> values, String language) {
    var key = blank.replaceFirst("^words:", "");
    var value =
        key.equals(blank)
            ? Optional.ofNullable(values.get(key)).orElseThrow()
            : Optional.ofNullable(words.get(language)).orElseThrow().required(key).textValue();
    return Matcher.quoteReplacement(escape(value));
  }

  /// The page runs and loads only its own files and the issuer's answers. No site can frame the
  /// page, and no text becomes a script.
  private static Map<String, String> documentHeaders(SignIn signIn, String language) {
    var issuer = signIn.issuer().getScheme() + "://" + signIn.issuer().getAuthority();
    var origins = Stream.concat(Stream.of("'self'", issuer), signIn.origins().stream());
    var policy =
        String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src " + origins.collect(joining(" ")),
            "form-action 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'");
    var headers = new TreeMap<>(commonHeaders());
    headers.put("content-type", "text/html; charset=utf-8");
    headers.put("content-language", language);
    headers.put("cache-control", "no-store");
    headers.put("vary", "accept-encoding, accept-language");
    headers.put("content-security-policy", policy);
    headers.put("cross-origin-opener-policy", "same-origin");
    headers.put("strict-transport-security", TRANSPORT_SECURITY);
    headers.put("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()");
    headers.put("x-frame-options", "DENY");
    return headers;
  }

  /// A file that is opened on its own runs nothing either: the operator supplies the logo, and it
  /// may contain a script.
  private static Map<String, String> headers(String name) {
    var headers = new TreeMap<>(commonHeaders());
    headers.put("content-type", type(name));
    headers.put("cache-control", "public, max-age=31536000, immutable");
    headers.put("vary", "accept-encoding");
    headers.put("content-security-policy", "default-src 'none'; sandbox");
    return headers;
  }

  private static Map<String, String> commonHeaders() {
    return Map.of(
        "cross-origin-resource-policy", "same-origin",
        "referrer-policy", "no-referrer",
        "x-content-type-options", "nosniff");
  }

  private static String type(String name) {
    return Optional.ofNullable(TYPES.get(name.substring(name.lastIndexOf('.') + 1))).orElseThrow();
  }

  private static String words(String language) {
    return "words-" + language + ".json";
  }

  private static ObjectNode of(String language) {
    return StrictJson.read(read(words(language)), ObjectNode.class);
  }

  /// The hash of all names and texts.
  private static String version(Map<String, String> texts) {
    try {
      var sha256 = MessageDigest.getInstance("SHA-256");
      texts.forEach((name, text) -> {
        sha256.update((name + "\0" + text + "\0").getBytes(StandardCharsets.UTF_8));
      });
      return HexFormat.of().formatHex(sha256.digest(), 0, VERSION_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  private static String read(String name) {
    try (var file = VerificationPage.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException("the artifact has no file " + name);
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
  }
}
