/// What must see the wiring of a function from within.
@NullMarked
package dev.keyferry.lambda;

import org.jspecify.annotations.NullMarked;
