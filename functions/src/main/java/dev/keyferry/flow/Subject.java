package dev.keyferry.flow;

/// The approving user: the identity provider's `sub`.
public record Subject(String value) {}
