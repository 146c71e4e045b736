/// The functions. Each route has one handler, which parses, calls and renders. A [RoutesHandler] is
/// a function with several routes. [ApiHandler] is the only place that turns events into requests.
/// [Wiring] is the only place that reads the environment.
@NullMarked
package dev.keyferry.lambda;

import org.jspecify.annotations.NullMarked;
