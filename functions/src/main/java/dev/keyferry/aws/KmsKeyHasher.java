package dev.keyferry.aws;

import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.Purpose;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.KmsException;
import software.amazon.awssdk.services.kms.model.MacAlgorithmSpec;

/// Hashes with subkeys that KMS derives: `GenerateMac(key, "keyferry/<purpose>/v<version>")`. One
/// call for each purpose and version, when first needed; then hashing is local. So the cost of KMS
/// follows execution environments, not requests, and nothing is derived before a snapshot is
/// restored.
///
/// A subkey is renewed after fifteen minutes. If KMS does not answer then, the old one serves for
/// as long again; if KMS answers no (the key is disabled, or no longer ours to use), it is dropped
/// at once.
public final class KmsKeyHasher implements Hasher {
  static final Duration RENEWAL = Duration.ofMinutes(15);
  static final Duration GRACE = RENEWAL.multipliedBy(2);

  /// How long to leave KMS alone after a failed renewal, so that an outage does not slow every
  /// request.
  static final Duration PAUSE = Duration.ofSeconds(30);

  private static final String ALGORITHM = "HmacSHA256";

  private final KmsClient kms;
  private final String keyId;
  private final int version;
  private final InstantSource clock;
  private final Consumer<SdkException> unheard;
  private volatile Instant leaveAloneUntil = Instant.MIN;
  private volatile Instant doWithoutUntil = Instant.MIN;
  private final ConcurrentMap<String, Subkey> subkeys = new ConcurrentHashMap<>();

  /// @param unheard takes the failures that no request hears of
  public KmsKeyHasher(
      KmsClient kms,
      String keyId,
      int version,
      InstantSource clock,
      Consumer<SdkException> unheard) {
    this.kms = kms;
    this.keyId = keyId;
    this.version = version;
    this.clock = clock;
    this.unheard = unheard;
  }

  @Override
  public int version() {
    return version;
  }

  @Override
  public byte[] hmac(Purpose purpose, int version, byte[] message) {
    var keyed = subkey(purpose, version).get(clock.instant());
    try {
      // A copy is ready at once; to look an algorithm up and give it its key costs more than to
      // hash.
      return ((Mac) keyed.clone()).doFinal(message);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's " + ALGORITHM + " can be copied", e);
    }
  }

  /// Asks KMS no more often than a renewal does, so that an outage slows one request and not all.
  @Override
  public boolean isAvailable(Purpose purpose, int version) {
    var now = clock.instant();
    var subkey = subkey(purpose, version);
    if (now.isBefore(doWithoutUntil) && !subkey.isHeld(now)) {
      return false;
    }
    try {
      subkey.get(now);
      return true;
    } catch (SdkException e) {
      doWithoutUntil = now.plus(PAUSE);
      unheard.accept(e);
      return false;
    }
  }

  private Subkey subkey(Purpose purpose, int version) {
    return subkeys.computeIfAbsent("keyferry/" + purpose.label() + "/v" + version, Subkey::new);
  }

  private final class Subkey {
    /// @param mac keyed, and only ever copied
    private record Derived(Mac mac, Instant at) {}

    private final String name;
    private final ReentrantLock deriving = new ReentrantLock();
    private volatile @Nullable Derived derived;

    Subkey(String name) {
      this.name = name;
    }

    Mac get(Instant now) {
      var held = derived;
      if (held != null && now.isBefore(held.at().plus(RENEWAL))) {
        return held.mac();
      }
      if (held != null && now.isBefore(held.at().plus(GRACE))) {
        return now.isBefore(leaveAloneUntil) || !deriving.tryLock() ? held.mac() : renew(held, now);
      }
      deriving.lock();
      try {
        // Whoever held the lock may have derived it meanwhile.
        var fresh = derived;
        return fresh != null && !fresh.equals(held) ? fresh.mac() : derive(now, Budget.forCall());
      } finally {
        deriving.unlock();
      }
    }

    boolean isHeld(Instant now) {
      var held = derived;
      return held != null && now.isBefore(held.at().plus(GRACE));
    }

    private Mac renew(Derived held, Instant now) {
      try {
        return derive(now, Budget.forExtra());
      } catch (SdkException e) {
        if (isRefusal(e)) {
          derived = null;
          throw e;
        }
        leaveAloneUntil = now.plus(PAUSE);
        unheard.accept(e);
        return held.mac();
      } finally {
        deriving.unlock();
      }
    }

    private Mac derive(Instant now, AwsRequestOverrideConfiguration time) {
      var answer =
          kms.generateMac(request ->
              request
                  .keyId(keyId)
                  .macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)
                  .message(SdkBytes.fromUtf8String(name))
                  .overrideConfiguration(time));
      var mac = keyed(new SecretKeySpec(answer.mac().asByteArray(), ALGORITHM));
      derived = new Derived(mac, now);
      return mac;
    }

    private static Mac keyed(SecretKeySpec key) {
      try {
        var mac = Mac.getInstance(ALGORITHM);
        mac.init(key);
        return mac;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
      }
    }
  }

  private static boolean isRefusal(SdkException failure) {
    return failure instanceof KmsException answer
        && answer.statusCode() < 500
        && !answer.isThrottlingException();
  }
}
