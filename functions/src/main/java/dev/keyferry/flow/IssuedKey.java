package dev.keyferry.flow;

/// A key in the moment it is handed over: the only time its token is at hand.
public record IssuedKey(AccessToken token, Key key) {}
