/// The command `keyferry`: logs a person in, keeps the tokens, and hands them to scripts. What it
/// does is done by `dev.keyferry.client`; here are the words, the terminal and the exit codes.
/// Standard output carries results only, all talk goes to standard error.
@NullMarked
package dev.keyferry.cli;

import org.jspecify.annotations.NullMarked;
