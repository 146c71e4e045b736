/// What a warm request costs: every handler from event object to answer object, with the store
/// answered in memory, and with the AWS SDK's real client over answers in memory.
@NullMarked
package dev.keyferry.bench;

import org.jspecify.annotations.NullMarked;
