/// The classes by which tests call the routes of the local stack, and the tests of the stack
/// itself.
@NullMarked
package dev.keyferry.local;

import org.jspecify.annotations.NullMarked;
