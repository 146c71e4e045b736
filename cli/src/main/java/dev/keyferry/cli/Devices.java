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
      "Opens the page that lists your linked devices, to look at or to unlink.",
      "",
      "No key can list or revoke other keys, so this takes you, in a browser."
    })
final class Devices implements Callable<Integer> {
  private final Keyferry root;

  Devices(Keyferry root) {
    this.root = root;
  }

  @Override
  public Integer call() throws LoginException, InterruptedException {
    return open("The page lists your devices:");
  }

  @Command(
      name = "revoke",
      description = {
        "Opens the page on which you unlink a device, or sign out everywhere.",
        "",
        "To revoke the login of this machine, 'keyferry logout' is enough."
      })
  int revoke() throws LoginException, InterruptedException {
    return open("Press Unlink beside the device on the page:");
  }

  private int open(String saying) throws LoginException, InterruptedException {
    var desk = root.desk();
    var page = URI.create(desk.profile(root.profile()).issuer() + "/device/linked");
    var reply = desk.http().send(HttpRequest.newBuilder(page));
    if (reply.status() != 200) {
      throw new Failure(
          ExitCode.REFUSED,
          "This server has no page of devices at %s (%d). Look in its account settings."
              .formatted(page, reply.status()));
    }
    var browser = Browser.atHand(desk.environment());
    var opened = browser.isPresent() && browser.get().open(page);
    desk.talk().say(saying);
    var object = new LinkedHashMap<String, Object>();
    object.put("ok", true);
    object.put("url", page.toString());
    object.put("opened", opened);
    desk.result(root.json(), object, List.of(page.toString()));
    return ExitCode.OK.number();
  }
}
