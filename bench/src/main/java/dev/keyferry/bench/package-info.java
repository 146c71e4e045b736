/// Measures what a warm request costs in every handler, from the event's JSON to the answer's JSON:
/// once with in-memory stores, and once with the AWS SDK's real client over in-memory answers.
@NullMarked
package dev.keyferry.bench;

import org.jspecify.annotations.NullMarked;
