/// The contracts of the stores and the key hasher, tested with DynamoDB Local and the KMS of the
/// local stack.
@NullMarked
package dev.keyferry.product.stores;

import org.jspecify.annotations.NullMarked;
