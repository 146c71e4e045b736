/// Checks the client configuration while the artifact is built. [CheckClients] reads
/// `infra/clients.yaml`, reports the mistakes of every line, and writes the JSON file in the
/// artifact. So no function needs a YAML library or reads a malformed client.
@NullMarked
package dev.keyferry.clients;

import org.jspecify.annotations.NullMarked;
