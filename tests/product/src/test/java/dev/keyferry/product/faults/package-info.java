/// Tests of races, of lost requests and responses, and of edits by someone else with access to the
/// tables.
@NullMarked
package dev.keyferry.product.faults;

import org.jspecify.annotations.NullMarked;
