/// HTTP without API Gateway: what a request says and how a response reads, in the terms of
/// RFC 6749.
@NullMarked
package dev.keyferry.web;

import org.jspecify.annotations.NullMarked;
