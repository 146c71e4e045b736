/// HTTP without API Gateway in it: what a request says and how an answer reads, in the words of RFC
/// 6749.
@NullMarked
package dev.keyferry.web;

import org.jspecify.annotations.NullMarked;
