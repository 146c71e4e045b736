/// What stands in for AWS on one machine: API Gateway by a small HTTP server that reads its routes
/// from `template.yaml`, Lambda by the handlers themselves, DynamoDB by DynamoDB Local, KMS by a
/// few lines, and the identity provider by a real one for tests. All of it listens on 127.0.0.1
/// only, and none of it is shipped.
@NullMarked
package dev.keyferry.local;

import org.jspecify.annotations.NullMarked;
