/// A client of OAuth 2.0 servers for programs on people's machines: the device grant (RFC 8628),
/// the browser flow over a loopback redirect (RFC 8252), and a session that keeps its tokens safe
/// and fresh. It learns about a server from its metadata (RFC 8414), and trusts none of it.
///
/// A whole program:
///
/// ```java
/// var directories = Directories.ofSystem();
/// var store = TokenStore.best(directories, System.getenv());
/// var server = Server.discover(Http.create(), URI.create("https://login.example.com"));
/// var issuer = server.metadata().issuer();
/// var profile = Profile.login("default", issuer, "cli", "read offline_access");
/// var session = Session.of(server.http(), profile, store, directories, Time.SYSTEM);
/// if (session.storedTokens().isEmpty()) {
///   var login = DeviceLogin.start(server, LoginRequest.of("cli", "read offline_access"));
///   var pending = login.pending();
///   System.out.println("Open " + pending.verificationUri() + ", enter " + pending.userCode());
///   var tokens =
///       login.await(again -> System.console().readLine(again ? "Wrong. Try again: " : "Number: "));
///   session.keep(tokens);
///   new Profiles(directories).put(profile.of(tokens.owner()));
/// }
/// var reply = session.send(HttpRequest.newBuilder(issuer.resolve("/whoami")));
/// System.out.println("Logged in as " + reply.json().string("sub"));
/// ```
///
/// All methods throw [LoginException]. Its subclasses say what to do: log in again, try later, or
/// fix something on this machine. No method returns `null`, and no `toString` shows a secret.
@NullMarked
package dev.keyferry.client;

import org.jspecify.annotations.NullMarked;
