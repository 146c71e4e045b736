/// The functions. Each has one handler, which parses, calls and renders. [ApiHandler] is the only
/// place that turns events into requests. [Wiring] is the only place that reads the environment.
@NullMarked
package dev.keyferry.lambda;

import org.jspecify.annotations.NullMarked;
