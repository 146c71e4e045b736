/// Tests of the library against real parts: servers on this machine (some of them hostile), the
/// local stack, other processes, and a real keychain.
@NullMarked
package dev.keyferry.client;

import org.jspecify.annotations.NullMarked;
