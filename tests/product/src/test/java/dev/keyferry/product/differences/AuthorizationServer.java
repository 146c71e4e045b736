package dev.keyferry.product.differences;

import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;

/// A server to which [DifferencesTest] sends its requests, with the steps that bring a credential
/// into a given state.
interface AuthorizationServer {
  Reply send(Api.Call call);

  /// A user approves everything that the device asks for.
  void approve(String userCode);

  void deny(String userCode);

  /// Makes this code or token expire, whichever clock the server uses.
  void expire(String credential);

  /// Lets a minute pass, if the server has intervals and grace periods.
  void pause();
}
