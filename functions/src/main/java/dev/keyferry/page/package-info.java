/// The verification page: its document, scripts, style and languages, and the operator's brand in
/// them.
@NullMarked
package dev.keyferry.page;

import org.jspecify.annotations.NullMarked;
