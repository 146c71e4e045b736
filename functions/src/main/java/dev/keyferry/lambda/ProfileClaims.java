package dev.keyferry.lambda;

import dev.keyferry.flow.Profile;
import dev.keyferry.web.Request;
import java.util.Optional;
import java.util.regex.Pattern;

/// The claims of the user's access token that tell who the user is, as the operator chose them. A
/// part for which no claim is named is not kept. The gateway has verified the claims, but people
/// choose their own names. A value that is not one short line of text is left out, and the approval
/// does not fail.
record ProfileClaims(String name, String email, String organisation) {
  private static final int LONGEST = 256;

  /// The form in which the gateway writes a claim that is an array or an object: `[a b]`,
  /// `map[a:b]`.
  private static final Pattern COMPOSITE = Pattern.compile("(map)?\\[.*]");

  static ProfileClaims of(Wiring wiring) {
    return new ProfileClaims(
        wiring.setting("NAME_CLAIM"),
        wiring.setting("EMAIL_CLAIM"),
        wiring.setting("ORGANISATION_CLAIM"));
  }

  Profile read(Request request) {
    return new Profile(line(request, name), line(request, email), line(request, organisation));
  }

  private static Optional<String> line(Request request, String claim) {
    return request
        .optionalClaim(claim)
        .filter(text -> Parameters.isLine(text, LONGEST))
        .filter(text -> text.codePoints().noneMatch(ProfileClaims::isUnsafe))
        .filter(text -> !COMPOSITE.matcher(text).matches());
  }

  /// Whether a character is half of a surrogate pair, which cannot be stored as it is, or changes
  /// the direction of the text around it. Other invisible marks are part of how names are written.
  private static boolean isUnsafe(int character) {
    return switch (Character.getDirectionality(character)) {
      case Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING,
          Character.DIRECTIONALITY_LEFT_TO_RIGHT_OVERRIDE,
          Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE,
          Character.DIRECTIONALITY_RIGHT_TO_LEFT_EMBEDDING,
          Character.DIRECTIONALITY_RIGHT_TO_LEFT_OVERRIDE,
          Character.DIRECTIONALITY_RIGHT_TO_LEFT_ISOLATE,
          Character.DIRECTIONALITY_FIRST_STRONG_ISOLATE,
          Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT,
          Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE ->
          true;
      default -> Character.getType(character) == Character.SURROGATE;
    };
  }
}
