/// The command `keyferry`: logs a person in, stores the tokens, and gives them to scripts.
/// `dev.keyferry.client` does the work. This package has the messages, the terminal, and the exit
/// codes. Standard output contains only results. All messages go to standard error.
@NullMarked
package dev.keyferry.cli;

import org.jspecify.annotations.NullMarked;
