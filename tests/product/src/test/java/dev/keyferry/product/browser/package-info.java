/// The verification page in a real browser.
@NullMarked
package dev.keyferry.product.browser;

import org.jspecify.annotations.NullMarked;
