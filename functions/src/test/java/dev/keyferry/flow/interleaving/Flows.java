package dev.keyferry.flow.interleaving;

import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.AuthorizationScreens;
import dev.keyferry.flow.Check;
import dev.keyferry.flow.CodeFlow;
import dev.keyferry.flow.DeviceFlow;
import dev.keyferry.flow.Disabling;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.KeyVerifier;
import dev.keyferry.flow.LinkedDevices;
import dev.keyferry.flow.RefreshFlow;
import dev.keyferry.flow.Revocation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The real flows over these stores.
///
/// @param time lets some of it pass
record Flows(
    DeviceFlow devices,
    CodeFlow codes,
    AuthorizationScreens screens,
    RefreshFlow refreshes,
    Disabling disabling,
    LinkedDevices linked,
    Revocation revocation,
    KeyVerifier verifier,
    KeyStore keys,
    InstantSource clock,
    Consumer<Duration> time,
    RandomGenerator random) {

  static Flows over(
      GrantStore grants,
      KeyStore keys,
      Hasher hasher,
      InstantSource clock,
      Consumer<Duration> time,
      RandomGenerator random) {
    return new Flows(
        new DeviceFlow(
            grants,
            keys,
            hasher,
            (_, _) -> "",
            TokenPrefix.DEFAULT,
            clock,
            random,
            _ -> {},
            _ -> Check.Policy.MISMATCH),
        new CodeFlow(
            grants, keys, hasher, (_, _) -> "", TokenPrefix.DEFAULT, clock, random, _ -> {}),
        new AuthorizationScreens(hasher, clock, random, _ -> {}),
        new RefreshFlow(keys, hasher, (_, _) -> "", clock, random, _ -> {}),
        new Disabling(keys, clock, random, _ -> {}),
        new LinkedDevices(keys, clock, _ -> {}),
        new Revocation(keys, hasher, clock, _ -> {}),
        new KeyVerifier(keys, hasher, clock),
        keys,
        clock,
        time,
        random);
  }
}
