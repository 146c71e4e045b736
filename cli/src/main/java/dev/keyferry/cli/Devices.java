package dev.keyferry.cli;

import dev.keyferry.client.LoginException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `keyferry devices`: a key may not list or revoke others, so a person does so on the page.
@Command(
    name = "devices",
    description = {
      "Opens the page where you see and unlink your linked devices.",
      "",
      "A key cannot list or revoke other keys, so you do this in a browser."
    })
final class Devices implements Callable<Integer> {
  private final Keyferry root;

  Devices(Keyferry root) {
    this.root = root;
  }

  @Override
  public Integer call() throws LoginException, InterruptedException {
    return open("This page lists your devices:");
  }

  @Command(
      name = "revoke",
      description = {
        "Opens the page where you unlink a device or sign out everywhere.",
        "",
        "To revoke only the login on this machine, run 'keyferry logout'."
      })
  int revoke() throws LoginException, InterruptedException {
    return open("On this page, choose Unlink next to the device:");
  }

  private int open(String saying) throws LoginException, InterruptedException {
    var context = root.context();
    var page = URI.create(context.profile(root.profile()).issuer() + "/device/linked");
    var reply = context.http().send(HttpRequest.newBuilder(page));
    if (reply.status() != 200) {
      throw new Failure(
          ExitCode.REFUSED,
          "This server has no device page at %s (status %d). Look in your account settings there."
              .formatted(page, reply.status()));
    }
    var browser = Browser.available(context.environment());
    var opened = browser.isPresent() && browser.get().open(page);
    context.messages().say(saying);
    var object = new LinkedHashMap<String, Object>();
    object.put("ok", true);
    object.put("url", page.toString());
    object.put("opened", opened);
    context.result(root.json(), object, List.of(page.toString()));
    return ExitCode.OK.number();
  }
}
