package dev.keyferry.proof.interleaving;

import dev.keyferry.codes.Hasher;
import dev.keyferry.codes.TokenPrefix;
import dev.keyferry.flow.AuthorizationScreens;
import dev.keyferry.flow.ConfirmationPolicy;
import dev.keyferry.flow.DeviceFlow;
import dev.keyferry.flow.Disabling;
import dev.keyferry.flow.Environment;
import dev.keyferry.flow.GrantStore;
import dev.keyferry.flow.Issuance;
import dev.keyferry.flow.KeyStore;
import dev.keyferry.flow.KeyVerifier;
import dev.keyferry.flow.LinkedDevices;
import dev.keyferry.flow.Mint;
import dev.keyferry.flow.RedeemCode;
import dev.keyferry.flow.Refresh;
import dev.keyferry.flow.Revoke;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// The real flows over these stores.
///
/// @param time waits until some time has passed
record Flows(
    DeviceFlow devices,
    AuthorizationScreens screens,
    RedeemCode codes,
    Refresh refreshes,
    Disabling disabling,
    LinkedDevices linked,
    Revoke revoke,
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
    var environment = new Environment(clock, random, _ -> {});
    var issuance = new Issuance(TokenPrefix.DEFAULT, (_, _) -> "");
    var mint = new Mint(grants, keys, hasher, issuance, environment);
    return new Flows(
        new DeviceFlow(
            grants, keys, hasher, issuance, _ -> ConfirmationPolicy.MISMATCH, environment),
        new AuthorizationScreens(grants, hasher, environment),
        new RedeemCode(grants, hasher, mint, environment),
        new Refresh(keys, hasher, issuance.encrypter(), environment),
        new Disabling(keys, environment),
        new LinkedDevices(keys, environment),
        new Revoke(keys, hasher, environment),
        new KeyVerifier(keys, hasher, environment),
        keys,
        clock,
        time,
        random);
  }
}
