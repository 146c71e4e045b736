/// Two versions of the packaged functions over the same tables. `.ci/versions` builds them and runs
/// these tests.
@NullMarked
package dev.keyferry.product.versions;

import org.jspecify.annotations.NullMarked;
