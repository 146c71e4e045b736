package dev.keyferry.flow;

import java.util.Optional;

/// The sender of a request to the token endpoint.
///
/// @param origin the address that the request came from
/// @param idempotencyKey names the request across its retries
public record Caller(Origin origin, Optional<String> idempotencyKey) {}
