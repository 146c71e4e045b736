package dev.keyferry.lambda;

import dev.keyferry.web.Request;
import dev.keyferry.web.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// The verification page and what it shows, RFC 8628 §3.3: static, so a GET changes nothing. It
/// learns from two `meta` elements where to sign in.
public final class VerificationPageHandler extends ApiHandler {
  private static final String HTML = "device.html";

  private static final Map<String, String> TYPES =
      Map.of(
          HTML,
          "text/html; charset=utf-8",
          "device.css",
          "text/css; charset=utf-8",
          "device.js",
          "text/javascript; charset=utf-8",
          "icon.svg",
          "image/svg+xml",
          "oauth4webapi.js",
          "text/javascript; charset=utf-8");

  private final Map<String, Response> files;

  public VerificationPageHandler() {
    this(Wiring.ofEnvironment());
  }

  public VerificationPageHandler(Wiring wiring) {
    var issuer = URI.create(wiring.setting("ISSUER_URL"));
    var policy = policy(issuer, wiring.setting("SIGN_IN_ORIGINS"));
    var settings =
        Map.of("{{issuer}}", issuer.toString(), "{{client_id}}", wiring.setting("PAGE_CLIENT_ID"));
    files =
        TYPES.keySet().stream()
            .collect(
                Collectors.toMap(
                    VerificationPageHandler::path, name -> file(name, policy, settings)));
  }

  @Override
  Response handle(Request request) {
    return Optional.ofNullable(files.get(request.path()))
        .orElseGet(() -> Response.json(404, Map.of("message", "Not Found")));
  }

  private static String path(String name) {
    return name.equals(HTML) ? "/device" : "/device/" + name;
  }

  /// Nothing may run or load but the page's own files and the issuer's answers; nobody may frame
  /// it.
  private static String policy(URI issuer, String signInOrigins) {
    var origin = issuer.getScheme() + "://" + issuer.getAuthority();
    return String.join(
        "; ",
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        ("connect-src 'self' " + origin + " " + signInOrigins).strip(),
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'");
  }

  private static Response file(String name, String policy, Map<String, String> settings) {
    var body = read(name);
    if (name.equals(HTML)) {
      for (var setting : settings.entrySet()) {
        body = body.replace(setting.getKey(), escape(setting.getValue()));
      }
    }
    return new Response(
        200,
        Map.of(
            "content-type", TYPES.getOrDefault(name, ""),
            "cache-control", name.equals(HTML) ? "no-store" : "no-cache",
            "content-security-policy", policy,
            "cross-origin-opener-policy", "same-origin",
            "referrer-policy", "no-referrer",
            "x-content-type-options", "nosniff",
            "x-frame-options", "DENY"),
        body);
  }

  private static String read(String name) {
    try (var file =
        VerificationPageHandler.class.getResourceAsStream("/dev/keyferry/page/" + name)) {
      if (file == null) {
        throw new IllegalStateException("the artifact lacks " + name);
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
