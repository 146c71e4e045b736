/// What the library promises, against real parts: servers on this machine, among them some that
/// mean harm, the local stack, other processes, a real keychain.
@NullMarked
package dev.keyferry.client;

import org.jspecify.annotations.NullMarked;
