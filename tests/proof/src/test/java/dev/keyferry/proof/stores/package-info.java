/// Checks that the stores on DynamoDB and in memory never differ, after random sequences of calls.
@NullMarked
package dev.keyferry.proof.stores;

import org.jspecify.annotations.NullMarked;
