/// A client of OAuth 2.0 servers for programs on people's machines: the device grant (RFC 8628),
/// the browser flow over a loopback redirect (RFC 8252), and a session that keeps its tokens safe
/// and fresh. Of a server it knows what its metadata (RFC 8414) says, and trusts no word of it.
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
/// if (session.kept().isEmpty()) {
///   var login = DeviceLogin.start(server, LoginRequest.of("cli", "read offline_access"));
///   var pending = login.pending();
///   System.out.println("Open " + pending.verificationUri() + ", enter " + pending.userCode());
///   var tokens =
///       login.await(again -> System.console().readLine(again ? "Wrong; again: " : "Number: "));
///   session.keep(tokens);
///   new Profiles(directories).put(profile.of(tokens.owner()));
/// }
/// var reply = session.send(HttpRequest.newBuilder(issuer.resolve("/whoami")));
/// System.out.println("Logged in as " + reply.json().string("sub"));
/// ```
///
/// All methods throw [LoginException], whose kinds say what to do: log in again, try later, or mend
/// something here. None returns `null`, and no `toString` shows a secret.
@NullMarked
package dev.keyferry.client;

import org.jspecify.annotations.NullMarked;
