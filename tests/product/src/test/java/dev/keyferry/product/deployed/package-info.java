/// A deployment on LocalStack or another emulator, and the functions under `sam local`.
@NullMarked
package dev.keyferry.product.deployed;

import org.jspecify.annotations.NullMarked;
