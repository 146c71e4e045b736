package dev.keyferry.flow;

import dev.keyferry.codes.TokenPrefix;

/// How keys leave the server.
///
/// @param prefix what the tokens of new keys begin with
/// @param encrypter writes the answer for a device that wants it encrypted
public record Issuance(TokenPrefix prefix, Encrypter encrypter) {}
