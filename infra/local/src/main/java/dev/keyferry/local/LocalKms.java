package dev.keyferry.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;

/// The part of KMS that Keyferry needs: HMAC keys and nothing else. It replaces the SDK's HTTP
/// client, so the real KMS client runs in front of it, and faults of the connection can be injected
/// here too. No embeddable KMS exists. The contract tests that this one passes also run against an
/// external endpoint.
public final class LocalKms implements SdkHttpClient {
  private static final String PREFIX = "TrentService.";
  private static final int LONGEST_MESSAGE = 4096;
  private static final JsonMapper JSON = new JsonMapper();

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Map<String, Key> keys = new ConcurrentHashMap<>();
  private final Map<String, String> aliases = new ConcurrentHashMap<>();
  private final Optional<Path> file;

  /// @param secret in Base64
  private record Key(String arn, String secret, boolean enabled) {}

  private record Saved(Map<String, Key> keys, Map<String, String> aliases) {}

  public LocalKms() {
    file = Optional.empty();
  }

  private LocalKms(Path file) throws IOException {
    this.file = Optional.of(file);
    if (Files.exists(file)) {
      var saved = JSON.readValue(file.toFile(), Saved.class);
      keys.putAll(saved.keys());
      aliases.putAll(saved.aliases());
    }
  }

  /// Stores the keys in a file of this folder, for the next start. Only the file's owner can read
  /// it, because it contains the keys.
  static LocalKms in(Path folder) throws IOException {
    return new LocalKms(folder.resolve("kms.json"));
  }

  private synchronized void save() {
    file.ifPresent(saved -> {
      try {
        var written =
            Files.createTempFile(
                saved.toAbsolutePath().getParent(),
                "kms",
                ".json",
                PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        JSON.writeValue(written.toFile(), new Saved(keys, aliases));
        Files.move(written, saved, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot store the hash key in " + saved, e);
      }
    });
  }

  /// An error, by the name that KMS has for it.
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    Refusal(String type) {
      super(type);
    }
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        var operation =
            request
                .httpRequest()
                .firstMatchingHeader("X-Amz-Target")
                .orElse("")
                .substring(PREFIX.length());
        var body = request.contentStreamProvider().orElseThrow().newStream();
        try {
          return answer(200, perform(operation, JSON.readTree(body)));
        } catch (Refusal refusal) {
          return answer(400, Map.of("__type", String.valueOf(refusal.getMessage())));
        }
      }

      @Override
      public void abort() {
        // A call ends before anything can abort it.
      }
    };
  }

  private Map<String, ?> perform(String operation, JsonNode input) throws Refusal {
    return switch (operation) {
      case "CreateKey" -> Map.of("KeyMetadata", metadata(createKey()));
      case "CreateAlias" -> {
        var key = find(input.path("TargetKeyId").asText());
        aliases.put(input.path("AliasName").asText(), key.arn());
        save();
        yield Map.of();
      }
      case "DescribeKey" -> Map.of("KeyMetadata", metadata(find(input.path("KeyId").asText())));
      case "DisableKey" -> setEnabled(input, false);
      case "EnableKey" -> setEnabled(input, true);
      case "GenerateMac" -> generateMac(input);
      default -> throw new Refusal("UnsupportedOperationException");
    };
  }

  /// Creates a key and returns its ARN, like CreateKey.
  public String newKey() {
    return createKey().arn();
  }

  private Key createKey() {
    var secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    var arn = "arn:aws:kms:us-east-1:000000000000:key/" + java.util.UUID.randomUUID();
    return put(new Key(arn, Base64.getEncoder().encodeToString(secret), true));
  }

  private Map<String, ?> setEnabled(JsonNode input, boolean enabled) throws Refusal {
    var key = find(input.path("KeyId").asText());
    put(new Key(key.arn(), key.secret(), enabled));
    return Map.of();
  }

  private Key put(Key key) {
    keys.put(key.arn(), key);
    save();
    return key;
  }

  private Map<String, ?> generateMac(JsonNode input) throws Refusal {
    var key = find(input.path("KeyId").asText());
    var message = Base64.getDecoder().decode(input.path("Message").asText());
    if (!key.enabled()) {
      throw new Refusal("DisabledException");
    }
    if (message.length == 0 || message.length > LONGEST_MESSAGE) {
      throw new Refusal("ValidationException");
    }
    if (!input.path("MacAlgorithm").asText().equals("HMAC_SHA_256")) {
      throw new Refusal("InvalidKeyUsageException");
    }
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(Base64.getDecoder().decode(key.secret()), "HmacSHA256"));
      return Map.of(
          "KeyId", key.arn(),
          "MacAlgorithm", "HMAC_SHA_256",
          "Mac", Base64.getEncoder().encodeToString(mac.doFinal(message)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Key find(String id) throws Refusal {
    var arn = aliases.getOrDefault(id, id);
    return Optional.ofNullable(keys.get(arn)).orElseThrow(() -> new Refusal("NotFoundException"));
  }

  private static Map<String, ?> metadata(Key key) {
    return Map.of(
        "Arn",
        key.arn(),
        "KeyId",
        key.arn().substring(key.arn().indexOf('/') + 1),
        "Enabled",
        key.enabled());
  }

  private static HttpExecuteResponse answer(int status, Map<String, ?> body) throws IOException {
    return HttpExecuteResponse.builder()
        .response(
            SdkHttpResponse.builder()
                .statusCode(status)
                .putHeader("Content-Type", "application/x-amz-json-1.1")
                .build())
        .responseBody(
            AbortableInputStream.create(new ByteArrayInputStream(JSON.writeValueAsBytes(body))))
        .build();
  }

  @Override
  public void close() {
    // There is nothing to close.
  }
}
