/// The client configuration, checked while the artifact is built: [CheckClients] reads
/// `infra/clients.yaml`, says of every line what is wrong with it, and writes the JSON that the
/// artifact carries, so that no function needs a YAML library or meets a malformed client.
@NullMarked
package dev.keyferry.clients;

import org.jspecify.annotations.NullMarked;
