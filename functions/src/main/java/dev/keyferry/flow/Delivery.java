package dev.keyferry.flow;

import java.util.Optional;

/// How a device wants its keys handed over: encrypted to a public key of its own, so that whoever
/// carries or logs the answers cannot read them. Holds for every token answer to that device.
///
/// @param jwk the public key, RFC 7517; means nothing to the protocol
/// @param nonce goes into each answer beside the tokens, so that the device knows it for its own
public record Delivery(String jwk, Optional<String> nonce) {}
