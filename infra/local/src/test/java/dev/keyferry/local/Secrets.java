package dev.keyferry.local;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Every secret that any test of this run received or created, in every form in which it could be
/// stored or printed, and everything that must not contain one.
public final class Secrets {
  /// The kind of a secret, by its name on the wire.
  public enum Kind {
    DEVICE_CODE,
    AUTHORIZATION_CODE,
    USER_CODE,
    ACCESS_TOKEN,
    REFRESH_TOKEN,
    APPROVAL_NONCE,
    CODE_VERIFIER,
    IDEMPOTENCY_KEY,
    AUTHORIZATION
  }

  public static final Queue<String> LOG = new ConcurrentLinkedQueue<>();
  public static final Queue<String> ERROR_BODIES = new ConcurrentLinkedQueue<>();

  /// Raw bytes are stored as Latin-1, one character each.
  private static final Set<String> FORMS = ConcurrentHashMap.newKeySet();

  private static final Map<Kind, LongAdder> SEEN = new ConcurrentHashMap<>();

  private static final Pattern IN_JSON =
      Pattern.compile(
          "\"(device_code|user_code|access_token|refresh_token|approval_nonce)\""
              + "\\s*:\\s*\"([^\"]+)\"");
  private static final Pattern IN_FORM =
      Pattern.compile("(code_verifier|refresh_token(?==[a-z][a-z0-9]*r_))=([^&]+)");

  /// Matches secrets in an address that the page is sent to, or in a form.
  private static final Pattern IN_REDIRECT =
      Pattern.compile("(?:^|[?&])code=([A-Za-z0-9_-]{64})(?=[&\"]|$)");

  private static final Pattern DEVICE_CODE = Pattern.compile("[A-Za-z0-9_-]{64}");
  private static final int LOCATOR_BYTES = 16;
  private static final int LOCATOR_CHARACTERS = 22;

  /// Id, secret, checksum.
  private static final Pattern KEY =
      Pattern.compile("[a-z][a-z0-9]*_([0-9A-Za-z]{16}_([0-9A-Za-z]{43})[0-9A-Za-z]{6})");

  /// A nonce, and the request as the claim saw it.
  private static final Pattern SCREEN =
      Pattern.compile("([A-Za-z0-9_-]{32})\\.[^.]+\\.[0-9]+\\.[^.]+");

  private static final Pattern SIGNED = Pattern.compile("eyJ[^.]+\\.eyJ[^.]+\\.([^.]+)");

  private Secrets() {}

  public static void sent(Api.Call call) {
    IN_FORM
        .matcher(call.body())
        .results()
        .forEach(found ->
            remember(Kind.valueOf(found.group(1).toUpperCase(Locale.ROOT)), found.group(2)));
    redirected(call.body());
    for (var kind : List.of(Kind.IDEMPOTENCY_KEY, Kind.AUTHORIZATION)) {
      var header = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
      var value = call.headers().getOrDefault(header, "").replaceFirst("^(Bearer|Basic) ", "");
      if (!value.isEmpty()) {
        remember(kind, value);
      }
    }
  }

  public static void answered(Reply reply) {
    if (reply.status() >= 400) {
      ERROR_BODIES.add(reply.body());
    }
    IN_JSON
        .matcher(reply.body())
        .results()
        .forEach(found ->
            remember(Kind.valueOf(found.group(1).toUpperCase(Locale.ROOT)), found.group(2)));
    redirected(reply.body());
  }

  private static void redirected(String text) {
    IN_REDIRECT
        .matcher(text)
        .results()
        .forEach(found -> remember(Kind.AUTHORIZATION_CODE, found.group(1)));
  }

  private static void remember(Kind kind, String secret) {
    SEEN.computeIfAbsent(kind, _ -> new LongAdder()).increment();
    forms(secret)
        .flatMap(text -> Stream.of(text, text.replace("-", "")))
        .flatMap(text -> Stream.of(text, text.toLowerCase(Locale.ROOT)))
        .forEach(FORMS::add);
    if (kind.equals(Kind.USER_CODE)) {
      FORMS.add(bits(secret));
    }
    if (DEVICE_CODE.matcher(secret).matches()) {
      secretHalf(secret).forEach(FORMS::add);
    }
  }

  /// A user code in the form of a masked code whose mask is zero.
  public static String bits(String userCode) {
    var bits =
        userCode
            .replace("-", "")
            .chars()
            .mapToLong("ABCDEFGHJKLMNPQRSTUVWXYZ23456789"::indexOf)
            .reduce(0, (all, character) -> all * 32 + character);
    return HexFormat.of().toHexDigits(bits, 10);
  }

  /// A secret and those parts of it that are as good as the whole. For a screen that is only the
  /// nonce. The texts that come with a nonce have many lengths, and every text is searched for each
  /// length.
  private static Stream<String> forms(String secret) {
    var key = KEY.matcher(secret);
    if (key.matches()) {
      return Stream.of(secret, key.group(1), key.group(2));
    }
    var screen = SCREEN.matcher(secret);
    if (screen.matches()) {
      return Stream.of(screen.group(1));
    }
    var signed = SIGNED.matcher(secret);
    return signed.matches() ? Stream.of(secret, signed.group(1)) : Stream.of(secret);
  }

  /// A code without its locator, which is a partition key and not a secret.
  private static Stream<String> secretHalf(String deviceCode) {
    var whole = Base64.getUrlDecoder().decode(deviceCode);
    var secret = Arrays.copyOfRange(whole, LOCATOR_BYTES, whole.length);
    return Stream.of(
        deviceCode.substring(LOCATOR_CHARACTERS),
        Base64.getUrlEncoder().withoutPadding().encodeToString(secret),
        Base64.getEncoder().withoutPadding().encodeToString(secret),
        HexFormat.of().formatHex(secret),
        HexFormat.of().withUpperCase().formatHex(secret),
        new String(secret, StandardCharsets.ISO_8859_1));
  }

  /// The number of secrets of this kind that were seen, with repetitions.
  public static long seen(Kind kind) {
    return SEEN.getOrDefault(kind, new LongAdder()).sum();
  }

  /// The secrets in these texts. It looks at every window that is as long as some form of a secret.
  public static List<String> in(Stream<String> texts) {
    var lengths = FORMS.stream().map(String::length).distinct().toList();
    return texts
        .flatMap(text -> lengths.stream().flatMap(length -> windows(text, length)))
        .filter(FORMS::contains)
        .toList();
  }

  private static Stream<String> windows(String text, int length) {
    return Stream.iterate(0, at -> at + length <= text.length(), at -> at + 1)
        .map(at -> text.substring(at, at + length));
  }
}
