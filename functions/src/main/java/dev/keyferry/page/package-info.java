/// The verification page: its document, scripts, style and languages, with the operator's branding.
@NullMarked
package dev.keyferry.page;

import org.jspecify.annotations.NullMarked;
