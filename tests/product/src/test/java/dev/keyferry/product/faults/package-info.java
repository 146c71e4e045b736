/// What Keyferry keeps when calls race, when requests or responses are lost, and when someone else
/// writes to its tables.
@NullMarked
package dev.keyferry.product.faults;

import org.jspecify.annotations.NullMarked;
