package dev.keyferry.product.stores;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keyferry.aws.AwsConnection;
import dev.keyferry.aws.KmsKeyHasher;
import dev.keyferry.codes.Purpose;
import dev.keyferry.flow.Outage;
import dev.keyferry.flow.Subkeys;
import dev.keyferry.local.LocalAws;
import dev.keyferry.product.ShiftedClock;
import dev.keyferry.product.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.MacAlgorithmSpec;

/// The contract between Keyferry and any KMS.
public abstract class KmsKeyHasherContract {
  static final byte[] MESSAGE = "message".getBytes(StandardCharsets.UTF_8);

  public final Wire wire = new Wire();
  public final ShiftedClock clock = new ShiftedClock();

  public abstract LocalAws aws();

  public final AwsConnection connection() {
    return wire.tap("Test", aws().kms());
  }

  public final Subkeys hasher() {
    return hasher(_ -> {});
  }

  public final Subkeys hasher(Consumer<Outage> unheard) {
    return new Subkeys(new KmsKeyHasher(connection().kms(), aws().hashKey()), 1, clock, unheard);
  }

  @Test
  void a_hash_is_the_hmac_under_the_subkey_that_kms_derives_from_purpose_and_version()
      throws Exception {
    byte[] subkey;
    try (var kms = aws().kms().kms()) {
      subkey = generateMac(kms, aws().hashKey(), "keyferry/key/v3");
    }
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(subkey, "HmacSHA256"));

    assertThat(hasher().hmac(Purpose.KEY, 3, MESSAGE)).isEqualTo(mac.doFinal(MESSAGE));
  }

  @Test
  void every_environment_derives_the_same_and_every_purpose_and_version_another() {
    var hash = hasher().hmac(Purpose.KEY, 1, MESSAGE);

    assertThat(hasher().hmac(Purpose.KEY, 1, MESSAGE)).isEqualTo(hash);
    assertThat(hasher().hmac(Purpose.KEY, 2, MESSAGE)).isNotEqualTo(hash);
    assertThat(hasher().hmac(Purpose.MINT, 1, MESSAGE)).isNotEqualTo(hash);
  }

  @Test
  void kms_is_called_once_for_each_purpose_however_many_hashes_are_made() {
    var hasher = hasher();
    wire.follow((_, _) -> Wire.Fate.ARRIVES);

    for (int i = 0; i < 100; i++) {
      hasher.hmac(Purpose.KEY, 1, MESSAGE);
      hasher.hmac(Purpose.MINT, 1, MESSAGE);
    }

    assertThat(wire.attempts()).isEqualTo(2);
  }

  @Test
  void a_cold_environment_under_load_calls_kms_once() throws Exception {
    var hasher = hasher();
    wire.follow((_, _) -> Wire.Fate.ARRIVES);
    var start = new CyclicBarrier(32);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var hashes =
          IntStream.range(0, 32)
              .<Future<byte[]>>mapToObj(_ ->
                  threads.submit(() -> {
                    start.await();
                    return hasher.hmac(Purpose.KEY, 1, MESSAGE);
                  }))
              .toList();
      for (var hash : hashes) {
        assertThat(hash.get()).isEqualTo(hashes.getFirst().get());
      }
    }
    assertThat(wire.attempts()).isEqualTo(1);
  }

  @Test
  void many_threads_each_hash_their_own_message() throws Exception {
    var hasher = hasher();
    try (var threads = Executors.newFixedThreadPool(8)) {
      var hashed =
          IntStream.range(0, 8)
              .<Future<byte[]>>mapToObj(thread ->
                  threads.submit(() -> {
                    var message = new byte[] {(byte) thread};
                    var hash = hasher.hmac(Purpose.KEY, 1, message);
                    for (int i = 0; i < 2_000; i++) {
                      assertThat(hasher.hmac(Purpose.KEY, 1, message)).isEqualTo(hash);
                    }
                    return hash;
                  }))
              .toList();
      for (int thread = 0; thread < 8; thread++) {
        assertThat(hashed.get(thread).get())
            .isEqualTo(hasher().hmac(Purpose.KEY, 1, new byte[] {(byte) thread}));
      }
    }
  }

  @Test
  void a_subkey_is_renewed_after_fifteen_minutes_and_not_before() {
    var hasher = hasher();
    var hash = hasher.hmac(Purpose.KEY, 1, MESSAGE);
    wire.follow((_, _) -> Wire.Fate.ARRIVES);

    clock.advance(Duration.ofMinutes(14));
    hasher.hmac(Purpose.KEY, 1, MESSAGE);
    assertThat(wire.attempts()).isZero();

    clock.advance(Duration.ofMinutes(1));
    assertThat(hasher.hmac(Purpose.KEY, 1, MESSAGE)).isEqualTo(hash);
    assertThat(wire.attempts()).isEqualTo(1);
  }

  @Test
  void kms_refuses_an_unknown_key() {
    try (var kms = connection().kms()) {
      assertThatThrownBy(() -> generateMac(kms, "11111111-2222-3333-4444-555555555555", "keyferry"))
          .isInstanceOf(KmsException.class);
    }
  }

  private static byte[] generateMac(KmsClient kms, String key, String message) {
    return kms.generateMac(request ->
            request
                .keyId(key)
                .macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)
                .message(SdkBytes.fromUtf8String(message)))
        .mac()
        .asByteArray();
  }
}
