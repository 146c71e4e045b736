package dev.keyferry.flow;

import dev.keyferry.codes.TokenPrefix;

/// How the server issues keys.
///
/// @param prefix the prefix of new keys' tokens
/// @param encrypter encrypts the answer for a device that asked for it
public record Issuance(TokenPrefix prefix, Encrypter encrypter) {}
