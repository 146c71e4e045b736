package dev.keyferry.product.differences;

import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;

/// A server that [DifferencesTest] puts its requests to, and what must happen there besides for a
/// credential to come to be in some state.
interface AuthorizationServer {
  Reply send(Api.Call call);

  /// A user agrees to all that the device asks for.
  void approve(String userCode);

  void deny(String userCode);

  /// Makes this code or token a credential whose time is over, whatever clock the server goes by.
  void expire(String credential);

  /// Lets a minute pass, for a server that looks at intervals and grace periods.
  void pause();
}
