/// What a warm request costs: every handler from the event's JSON to the answer's, with the store
/// answered in memory, and with the AWS SDK's real client over answers in memory.
@NullMarked
package dev.keyferry.bench;

import org.jspecify.annotations.NullMarked;
