package dev.keyferry.flow;

/// The user who approves.
///
/// @param profile kept with the key, for its client
/// @param origin where the approval comes from
/// @param acknowledged whether the user read the warning, where one is due
public record Approver(Subject subject, Profile profile, Origin origin, boolean acknowledged) {}
