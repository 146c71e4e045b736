/// The command in this process and in a terminal, against the local stack.
@NullMarked
package dev.keyferry.cli;

import org.jspecify.annotations.NullMarked;
