package dev.keyferry.product.differences;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.Map;

/// Creates the credentials that the requests of `exchanges.txt` name in braces: a new code or token
/// on one of the servers, in the state that its name says.
final class Credentials {
  private static final Map<String, String> FORM =
      Map.of("content-type", "application/x-www-form-urlencoded");
  private static final String POLL = "grant_type=" + Api.DEVICE_GRANT;
  private static final String RENEW = "grant_type=refresh_token";

  private final AuthorizationServer server;

  Credentials(AuthorizationServer server) {
    this.server = server;
  }

  private record Tokens(String access, String refresh) {}

  String make(String name) {
    return switch (name) {
      case "poll" -> POLL;
      case "renew" -> RENEW;
      case "9 KiB" -> "y".repeat(9 * 1024);
      case "reports-api", "nosy-api" -> basic(encode(name) + ":" + encode(Api.API_SECRET));
      case String text when text.startsWith("basic ") -> basic(text.substring("basic ".length()));
      case String text when text.matches(".* code( .*)?") -> code(text);
      default -> token(name);
    };
  }

  private static String basic(String credentials) {
    return Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  private String code(String name) {
    var codes = authorize(name.endsWith("demo") ? "demo" : "cli");
    switch (name) {
      case "pending code", "user code" -> {}
      case "polled code" -> poll("cli", codes);
      case "denied code" -> server.deny(codes.userCode());
      case "approved code", "approved code of demo" -> server.approve(codes.userCode());
      case "polled and approved code" -> {
        poll("cli", codes);
        server.approve(codes.userCode());
      }
      case "consumed code" -> {
        server.approve(codes.userCode());
        poll("cli", codes);
      }
      case "expired code" -> server.expire(codes.deviceCode());
      case "approved and expired code" -> {
        server.approve(codes.userCode());
        server.expire(codes.deviceCode());
      }
      case "denied and expired code" -> {
        server.deny(codes.userCode());
        server.expire(codes.deviceCode());
      }
      case "approved and stolen code" -> {
        server.approve(codes.userCode());
        poll("demo", codes);
      }
      default -> throw new AssertionError("unknown credential: " + name);
    }
    return name.equals("user code") ? codes.userCode() : codes.deviceCode();
  }

  private String token(String name) {
    var tokens = link(name.endsWith("demo") ? "demo" : "cli");
    return switch (name) {
      case "access token", "access token of demo" -> tokens.access();
      case "refresh token" -> tokens.refresh();
      case "expired access token" -> {
        server.expire(tokens.access());
        yield tokens.access();
      }
      case "expired refresh token" -> {
        server.expire(tokens.refresh());
        yield tokens.refresh();
      }
      case "revoked access token", "refresh token of a revoked access token" -> {
        revoke("client_id=cli&token=" + tokens.access());
        yield name.startsWith("refresh") ? tokens.refresh() : tokens.access();
      }
      case "revoked refresh token", "access token of a revoked refresh token" -> {
        revoke("client_id=cli&token=" + tokens.refresh());
        yield name.startsWith("access") ? tokens.access() : tokens.refresh();
      }
      case "access token that another client revoked" -> {
        revoke("client_id=demo&token=" + tokens.access());
        yield tokens.access();
      }
      case "access token revoked with a wrong hint" -> {
        revoke("client_id=cli&token_type_hint=refresh_token&token=" + tokens.access());
        yield tokens.access();
      }
      case "stolen refresh token" -> {
        renew("refresher", tokens);
        yield tokens.refresh();
      }
      case "refreshed access token" -> renewed(tokens).access();
      case "access token before a refresh" -> {
        renewed(tokens);
        yield tokens.access();
      }
      case "used refresh token" -> {
        renewed(tokens);
        yield tokens.refresh();
      }
      case "long used refresh token" -> {
        renewed(tokens);
        server.pause();
        yield tokens.refresh();
      }
      case "refresh token of a replayed family", "access token of a replayed family" -> {
        var next = renewed(tokens);
        server.pause();
        renew("cli", tokens);
        yield name.startsWith("refresh") ? next.refresh() : next.access();
      }
      default -> throw new AssertionError("unknown credential: " + name);
    };
  }

  private Api.Codes authorize(String client) {
    var scope = client.equals("cli") ? "read+offline_access" : "read";
    var reply = post("/oauth/device/authorize", "client_id=" + client + "&scope=" + scope);
    return new Api.Codes(reply.text("device_code"), reply.text("user_code"));
  }

  private Reply poll(String client, Api.Codes codes) {
    return post(
        "/oauth/token", POLL + "&client_id=" + client + "&device_code=" + codes.deviceCode());
  }

  private Tokens link(String client) {
    var codes = authorize(client);
    server.approve(codes.userCode());
    return tokens(poll(client, codes));
  }

  private Reply renew(String client, Tokens tokens) {
    return post(
        "/oauth/token", RENEW + "&client_id=" + client + "&refresh_token=" + tokens.refresh());
  }

  private Tokens renewed(Tokens tokens) {
    return tokens(renew("cli", tokens));
  }

  private static Tokens tokens(Reply reply) {
    return new Tokens(reply.text("access_token"), reply.json().path("refresh_token").asText());
  }

  private void revoke(String body) {
    post("/oauth/revoke", body);
  }

  private Reply post(String path, String body) {
    return server.send(new Api.Call("POST", path, "", FORM, body));
  }
}
