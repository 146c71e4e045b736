/// The functions: one handler class for each, thirty lines that parse, call and render.
/// [ApiHandler] is the one place that turns API Gateway's events into requests, [Wiring] the one place that knows
/// the environment.
@NullMarked
package dev.keyferry.lambda;

import org.jspecify.annotations.NullMarked;
