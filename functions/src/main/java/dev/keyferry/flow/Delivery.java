package dev.keyferry.flow;

import java.util.Optional;

/// How a device wants its keys delivered: encrypted to its own public key, so that no carrier and
/// no log of the answers can read them. It holds for every token answer to that device.
///
/// @param jwk the public key, RFC 7517; opaque to the protocol
/// @param nonce returned in each answer beside the tokens, so that the device recognizes the answer
/// as its own
public record Delivery(String jwk, Optional<String> nonce) {}
