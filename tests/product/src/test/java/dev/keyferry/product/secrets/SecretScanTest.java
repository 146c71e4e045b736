package dev.keyferry.product.secrets;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.local.Api;
import dev.keyferry.local.OverHttp;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import dev.keyferry.local.Secrets.Kind;
import dev.keyferry.product.Recipient;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.product.Wire;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// Searches, after all other tests, for every secret that a test received or created. None is in a
/// table, in a log or in the body of an error, in any form.
class SecretScanTest {
  private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

  /// The suffix of every address that the local identity provider knows.
  private static final String MAIL = "@example.com";

  private final OverHttp api = new OverHttp(Shared.stack());

  /// A login with a secret of each kind, so that the scan has something to find even if it runs
  /// alone.
  private record Login(
      String deviceCode,
      String userCode,
      String nonce,
      String idempotencyKey,
      String usersToken,
      String accessToken) {}

  private Login login() {
    var codes =
        api.codes(
            Map.of(
                "client_id", "cli", "code_challenge", CHALLENGE, "code_challenge_method", "S256"));
    var nonce = api.claim("zoe", codes.userCode()).text("approval_nonce");
    api.approve("zoe", codes.userCode(), nonce);
    var idempotencyKey = UUID.randomUUID().toString();
    var token =
        api.poll(
                codes.deviceCode(),
                Map.of("code_verifier", VERIFIER),
                Map.of("idempotency-key", idempotencyKey))
            .text("access_token");
    api.whoami(token);
    return new Login(
        codes.deviceCode(), codes.userCode(), nonce, idempotencyKey, api.tokenOf("zoe"), token);
  }

  /// Tokens that only their device and this test see in plaintext.
  private Reply encryptedLogin() {
    var device = Recipient.ec();
    var codes = api.codes(device.asks(Api.OFFLINE));
    api.grant("zoe", codes.userCode());
    var linked = device.open(api.poll(codes.deviceCode()));
    return device.open(api.refresh(linked.text("refresh_token")));
  }

  @Test
  void no_secret_is_in_a_table_a_log_or_an_error() {
    login();
    api.refresh(api.link("zoe").text("refresh_token"));
    encryptedLogin();
    api.redeem(api.authorizationCode("zoe", Api.browserLogin()));
    assertThat(api.poll("wrong").status()).isEqualTo(400);
    var cut = new Wire();
    cut.follow((_, _) -> Wire.Fate.LOST);
    assertThat(Shared.environments(cut).authorize().status()).isEqualTo(503);

    assertThat(ScanLast.watches(SecretScanTest.class)).as("runs after all other tests").isTrue();
    assertThat(Kind.values()).as("kinds of secrets seen").allMatch(kind -> Secrets.seen(kind) > 0);
    assertThat(rows(Tables.GRANTS)).isNotEmpty();
    assertThat(rows(Tables.KEYS)).isNotEmpty();
    assertThat(Secrets.LOG).isNotEmpty();
    assertThat(Secrets.ERROR_BODIES).isNotEmpty();

    assertThat(Tables.rows(Tables.KEYS))
        .as("keys of devices that are named by their user code")
        .anyMatch(row -> row.containsKey("key_code"));

    assertThat(Secrets.in(rows(Tables.GRANTS))).as("secrets in Grants").isEmpty();
    assertThat(Secrets.in(rows(Tables.KEYS))).as("secrets in Keys").isEmpty();
    assertThat(Secrets.in(Secrets.LOG.stream())).as("secrets in logs").isEmpty();
    assertThat(Secrets.in(Secrets.ERROR_BODIES.stream())).as("secrets in errors").isEmpty();

    assertThat(rows(Tables.KEYS)).as("personal data").anyMatch(text -> text.endsWith(MAIL));
    assertThat(Secrets.LOG).as("personal data in logs").noneMatch(line -> line.contains(MAIL));
    assertThat(Secrets.ERROR_BODIES)
        .as("personal data in errors")
        .noneMatch(body -> body.contains(MAIL));
  }

  @Test
  void a_leak_would_be_found_in_any_form() {
    var login = login();
    var secret = secretHalf(login);
    var forms = new LinkedHashMap<String, String>();
    forms.put("device code", login.deviceCode());
    forms.put("device code in lower case", lower(login.deviceCode()));
    forms.put("device code, end of it", login.deviceCode().substring(22));
    forms.put("device secret in base64url", Base64.getUrlEncoder().encodeToString(secret));
    forms.put("device secret in base64", Base64.getEncoder().encodeToString(secret));
    forms.put("device secret in hex", HexFormat.of().formatHex(secret));
    forms.put("device secret in HEX", HexFormat.of().withUpperCase().formatHex(secret));
    forms.put("user code", login.userCode());
    forms.put("user code without dash", login.userCode().replace("-", ""));
    forms.put("user code in lower case", lower(login.userCode()));
    forms.put("user code, its bits in hex", Secrets.bits(login.userCode()));
    forms.put("user code as typed", lower(login.userCode().replace("-", "")));
    forms.put("access token", login.accessToken());
    forms.put("access token without prefix", login.accessToken().substring(3));
    forms.put("access token in lower case", lower(login.accessToken()));
    forms.put("access token, its secret", login.accessToken().substring(20, 63));
    forms.put(
        "access token, its secret in lower case", lower(forms.get("access token, its secret")));
    forms.put("nonce", login.nonce());
    forms.put("nonce alone", login.nonce().substring(0, 32));
    forms.put("idempotency key", login.idempotencyKey());
    forms.put("idempotency key without dashes", login.idempotencyKey().replace("-", ""));
    forms.put("code verifier", VERIFIER);
    forms.put("user's token", login.usersToken());
    var dot = login.usersToken().lastIndexOf('.');
    forms.put("user's token, its signature", login.usersToken().substring(dot + 1));

    forms.forEach((name, form) -> {
      assertThat(Secrets.in(Stream.of("xx" + form + ".y"))).as(name).isNotEmpty();
      assertThat(found(AttributeValue.fromS("a " + form))).as(name + " in a text").isTrue();
      assertThat(found(bytes(form.getBytes(UTF_8)))).as(name + " as bytes").isTrue();
    });
    assertThat(Secrets.in(Stream.of("nothing"))).isEmpty();
    assertThat(found(AttributeValue.fromS(login.deviceCode().substring(0, 21))))
        .as("a locator")
        .isFalse();
  }

  @Test
  void a_leak_of_an_encrypted_response_would_be_found() {
    var inside = encryptedLogin();

    for (var token : List.of(inside.text("access_token"), inside.text("refresh_token"))) {
      assertThat(Secrets.in(Stream.of("xx" + token + ".y"))).isNotEmpty();
    }
  }

  @Test
  void a_leak_of_a_secret_in_the_browser_would_be_found() {
    var nonce = api.claimLogin("zoe", Api.browserLogin()).text("approval_nonce");
    var code = api.approveLogin("zoe", nonce, Map.of()).redirected("code");

    for (var secret : List.of(code, code.substring(22), nonce, nonce.substring(0, 32))) {
      assertThat(Secrets.in(Stream.of("xx" + secret + ".y"))).isNotEmpty();
    }
    assertThat(Secrets.in(Stream.of(code.substring(0, 21)))).as("a locator").isEmpty();
  }

  @Test
  void a_leak_would_be_found_in_any_type_of_attribute() {
    var login = login();
    var text = AttributeValue.fromS(login.userCode());
    var secret = SdkBytes.fromByteArray(secretHalf(login));

    assertThat(found(bytes(secret.asByteArray()))).isTrue();
    assertThat(found(AttributeValue.fromBs(List.of(secret)))).isTrue();
    assertThat(found(AttributeValue.fromSs(List.of("a", login.userCode())))).isTrue();
    assertThat(found(AttributeValue.fromL(List.of(AttributeValue.fromL(List.of(text)))))).isTrue();
    assertThat(found(AttributeValue.fromM(Map.of("a", text)))).isTrue();
    assertThat(found(AttributeValue.fromM(Map.of(login.userCode(), bytes(new byte[1]))))).isTrue();
    assertThat(found(AttributeValue.fromN("12345678901234567890"))).isFalse();
  }

  private static boolean found(AttributeValue value) {
    return !Secrets.in(texts(value)).isEmpty();
  }

  private static byte[] secretHalf(Login login) {
    return Arrays.copyOfRange(Base64.getUrlDecoder().decode(login.deviceCode()), 16, 48);
  }

  private static AttributeValue bytes(byte[] bytes) {
    return AttributeValue.fromB(SdkBytes.fromByteArray(bytes));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static Stream<String> rows(String table) {
    return Tables.rows(table).map(AttributeValue::fromM).flatMap(SecretScanTest::texts);
  }

  /// All texts in an attribute, including names. Bytes are read as Latin-1.
  private static Stream<String> texts(AttributeValue value) {
    return switch (value.type()) {
      case S -> Stream.of(value.s());
      case N -> Stream.of(value.n());
      case B -> Stream.of(value.b().asString(ISO_8859_1));
      case SS -> value.ss().stream();
      case NS -> value.ns().stream();
      case BS -> value.bs().stream().map(bytes -> bytes.asString(ISO_8859_1));
      case L -> value.l().stream().flatMap(SecretScanTest::texts);
      case M ->
          value.m().entrySet().stream()
              .flatMap(
                  member -> Stream.concat(Stream.of(member.getKey()), texts(member.getValue())));
      case BOOL, NUL -> Stream.of();
      case UNKNOWN_TO_SDK_VERSION -> throw new AssertionError("an attribute of no known type");
    };
  }
}
