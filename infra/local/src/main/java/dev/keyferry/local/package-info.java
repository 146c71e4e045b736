/// Replaces AWS on one machine. A small HTTP server, which reads its routes from `template.yaml`,
/// replaces API Gateway. The handlers themselves replace Lambda, DynamoDB Local replaces DynamoDB,
/// [LocalKms] replaces KMS, and a real identity provider for tests replaces the user pool. All of
/// them listen on 127.0.0.1 only, and none of them is in the artifact.
@NullMarked
package dev.keyferry.local;

import org.jspecify.annotations.NullMarked;
