/// Tests of the whole product: the template's functions with real dependencies. This package has
/// what the tests share: one stack, its tables, and the wire to AWS. Each other package has one
/// subject.
@NullMarked
package dev.keyferry.product;

import org.jspecify.annotations.NullMarked;
