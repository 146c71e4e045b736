/// A client of OAuth 2.0 servers for programs on people's machines: the device grant (RFC 8628),
/// the browser flow over a loopback redirect (RFC 8252), and a session that keeps its tokens safe
/// and fresh. Of a server it knows what the server's metadata (RFC 8414) says.
@NullMarked
package dev.keyferry.client;

import org.jspecify.annotations.NullMarked;
