package dev.keyferry.flow;

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

/// Hashes under subkeys named `keyferry/<purpose>/v<version>`. Each subkey takes one call to the
/// key-management service, when it is first needed. After that, hashing is local. The cost
/// therefore follows execution environments, not requests, and no snapshot holds a subkey.
///
/// A subkey is renewed after fifteen minutes. If the service does not answer then, the old subkey
/// serves for as long again. If the service refuses (the key is disabled, or we may not use it),
/// the subkey is dropped at once.
public final class Subkeys implements Hasher {
  static final Duration RENEWAL = Duration.ofMinutes(15);
  static final Duration MAX_AGE = RENEWAL.multipliedBy(2);

  /// How long to leave the service alone after a failed renewal, so that an outage does not slow
  /// every request.
  static final Duration PAUSE = Duration.ofSeconds(30);

  private static final String ALGORITHM = "HmacSHA256";

  private final KeyHasher service;
  private final int version;
  private final InstantSource clock;
  private final Consumer<Outage> tolerated;
  private volatile Instant nextRenewal = Instant.MIN;
  private volatile Instant nextOptionalCall = Instant.MIN;
  private final ConcurrentMap<String, Subkey> subkeys = new ConcurrentHashMap<>();

  /// @param tolerated takes the outages that fail no request
  public Subkeys(KeyHasher service, int version, InstantSource clock, Consumer<Outage> tolerated) {
    this.service = service;
    this.version = version;
    this.clock = clock;
    this.tolerated = tolerated;
  }

  @Override
  public int version() {
    return version;
  }

  @Override
  public byte[] hmac(Purpose purpose, int version, byte[] message) {
    var keyed = subkey(purpose, version).get(clock.instant());
    try {
      // A copy is ready at once. Looking up an algorithm and setting its key costs more than
      // hashing.
      return ((Mac) keyed.clone()).doFinal(message);
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the JDK's " + ALGORITHM + " cannot be copied", e);
    }
  }

  /// Asks the service no more often than a renewal does, so that an outage slows one request and
  /// not all of them.
  @Override
  public boolean isAvailable(Purpose purpose, int version) {
    var now = clock.instant();
    var subkey = subkey(purpose, version);
    if (now.isBefore(nextOptionalCall) && !subkey.isHeld(now)) {
      return false;
    }
    try {
      subkey.get(now);
      return true;
    } catch (Outage e) {
      nextOptionalCall = now.plus(PAUSE);
      tolerated.accept(e);
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
      if (held != null && now.isBefore(held.at().plus(MAX_AGE))) {
        return now.isBefore(nextRenewal) || !deriving.tryLock() ? held.mac() : renew(held, now);
      }
      deriving.lock();
      try {
        // Another thread may have derived it while it held the lock.
        var fresh = derived;
        return fresh != null && !fresh.equals(held)
            ? fresh.mac()
            : derive(now, KeyHasher.Patience.REQUIRED);
      } finally {
        deriving.unlock();
      }
    }

    boolean isHeld(Instant now) {
      var held = derived;
      return held != null && now.isBefore(held.at().plus(MAX_AGE));
    }

    private Mac renew(Derived held, Instant now) {
      try {
        return derive(now, KeyHasher.Patience.OPTIONAL);
      } catch (Outage e) {
        if (e.isRefusal()) {
          derived = null;
          throw e;
        }
        nextRenewal = now.plus(PAUSE);
        tolerated.accept(e);
        return held.mac();
      } finally {
        deriving.unlock();
      }
    }

    private Mac derive(Instant now, KeyHasher.Patience patience) {
      var mac = keyed(new SecretKeySpec(service.derive(name, patience), ALGORITHM));
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
}
