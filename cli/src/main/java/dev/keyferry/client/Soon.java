package dev.keyferry.client;

final class Soon {
  private Soon() {}

  @SuppressWarnings({"DoNotCallSuggester", "TypeParameterUnusedInFormals"})
  static <T> T later(Object... ignored) {
    throw new UnsupportedOperationException("the skeleton, yet without a body: " + ignored.length);
  }
}
