package dev.keyferry.cli;

import dev.keyferry.client.Pending;

/// Shows what a person needs to approve on another device. The most important lines come last,
/// because a small terminal keeps only those.
final class CodeScreen {
  /// The rows of the code, its link, the countdown, and the lines above them.
  private static final int OTHER_ROWS = 6;

  private static final int BIG_ROWS = 4;

  private CodeScreen() {}

  static void show(Messages messages, Pending pending) {
    var terminal = messages.terminal();
    var link = pending.verificationUriComplete();
    messages.say("Log in to " + pending.issuer() + " on any device with a browser:");
    var qr =
        QrText.of(
            link.orElse(pending.verificationUri()).toString(),
            terminal,
            terminal.rows() - OTHER_ROWS);
    qr.ifPresent(lines -> {
      messages.say("");
      messages.say(lines);
    });
    if (terminal.rows() >= qr.map(java.util.List::size).orElse(0) + OTHER_ROWS + BIG_ROWS) {
      BigText.of(pending.userCode(), terminal)
          .ifPresent(lines -> {
            messages.say("");
            lines.forEach(line -> messages.say(messages.strong(line)));
          });
    }
    messages.say("");
    messages.say("Code: " + messages.strong(pending.userCode()));
    messages.say("Link: " + link.orElse(pending.verificationUri()));
    messages.say(
        messages.faint(
            link.isPresent()
                ? "Approve only if the page shows this code."
                : "Enter the code on that page."));
  }
}
