/// The ports of the protocol on AWS: grants and keys in DynamoDB, subkeys from KMS. The conditions
/// of the writes are the product's guarantees; everything else here carries data to and from them.
@NullMarked
package dev.keyferry.aws;

import org.jspecify.annotations.NullMarked;
