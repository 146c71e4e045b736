package dev.keyferry.flow;

/// Who approves.
///
/// @param profile kept with the key, for its client
/// @param origin where the approval comes from
/// @param acknowledged whether a warning was read, where one is due
public record Approver(Subject subject, Profile profile, Origin origin, boolean acknowledged) {}
