package dev.keyferry.product.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Decides who may use a KMS key, by its key policy and by a caller's own policies.
///
/// This implements as much of IAM's evaluation as one account without grants and boundaries needs.
/// It throws an [IllegalArgumentException] at an element, principal, operator or condition key that
/// it does not know. A statement that it skipped could be the one that lets a caller in.
///
/// @param arn the key's
/// @param account ARN of the account's root. A key policy that names it leaves the decision to the
///     callers' own policies, for the requests that meet its conditions
/// @param policy the key policy's statements
record KeyAccess(String arn, String account, List<JsonNode> policy) {
  private static final Set<String> CONDITION_KEYS = Set.of("kms:MacAlgorithm", "aws:PrincipalArn");
  private static final Predicate<String> PRINCIPAL =
      Pattern.compile("arn:aws[a-z-]*:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9_+=,.@/-]+)")
          .asMatchPredicate();

  KeyAccess {
    policy.forEach(statement -> {
      require(
          statement,
          Set.of("Effect", "Principal", "Action", "Resource"),
          Set.of("Sid", "Condition"));
      var principal = statement.path("Principal");
      check(principal.size() == 1 && values(principal.path("AWS")).allMatch(PRINCIPAL), statement);
      conditionsHold(statement.path("Condition"), Map.of());
    });
  }

  /// @param arn the value of `aws:PrincipalArn`: for a role's session, the role with its path
  /// @param own the statements of its own policies
  record Caller(String arn, List<JsonNode> own) {
    Caller {
      own.forEach(statement ->
          require(
              statement,
              Set.of("Effect", "Action", statement.has("NotResource") ? "NotResource" : "Resource"),
              Set.of("Sid", "Condition")));
    }
  }

  /// @param context the request's condition keys, without `aws:PrincipalArn`
  boolean allows(Caller caller, String action, Map<String, String> context) {
    var request = new HashMap<>(context);
    request.put("aws:PrincipalArn", caller.arn());
    BiPredicate<JsonNode, String> says =
        (statement, effect) ->
            statement.path("Effect").asText().equals(effect)
                && isAbout(statement, action)
                && conditionsHold(statement.path("Condition"), request);
    BiPredicate<String, String> keySays =
        (principal, effect) ->
            policy.stream()
                .anyMatch(statement ->
                    says.test(statement, effect)
                        && values(statement.at("/Principal/AWS")).anyMatch(principal::equals));
    Predicate<String> ownSays =
        effect -> caller.own().stream().anyMatch(statement -> says.test(statement, effect));
    // A denial of the account denies each of its principals.
    var denied =
        keySays.test(caller.arn(), "Deny") || keySays.test(account, "Deny") || ownSays.test("Deny");
    return !denied
        && (keySays.test(caller.arn(), "Allow")
            || (keySays.test(account, "Allow") && ownSays.test("Allow")));
  }

  private static void require(JsonNode statement, Set<String> elements, Set<String> optional) {
    var named = statement.propertyStream().map(Map.Entry::getKey).collect(Collectors.toSet());
    check(named.containsAll(elements), statement);
    check(
        named.stream().allMatch(name -> elements.contains(name) || optional.contains(name)),
        statement);
    check(Set.of("Allow", "Deny").contains(statement.path("Effect").asText()), statement);
  }

  private static void check(boolean known, Object what) {
    if (!known) {
      throw new IllegalArgumentException("not evaluated here: " + what);
    }
  }

  /// Without policy variables.
  private static Stream<String> values(JsonNode node) {
    return TemplateTest.texts(node).peek(value -> check(!value.contains("${"), value));
  }

  /// IAM compares actions without regard to case.
  private boolean isAbout(JsonNode statement, String action) {
    var resource =
        statement.has("NotResource")
            ? values(statement.path("NotResource")).noneMatch(like(arn))
            : values(statement.path("Resource")).anyMatch(like(arn));
    return resource
        && values(statement.path("Action"))
            .map(pattern -> pattern.toLowerCase(Locale.ROOT))
            .anyMatch(like(action.toLowerCase(Locale.ROOT)));
  }

  /// Evaluates each condition, so that an unknown one throws even if another one fails.
  private static boolean conditionsHold(JsonNode conditions, Map<String, String> request) {
    return conditions.properties().stream()
        .flatMap(operator ->
            operator.getValue().properties().stream()
                .map(key -> holds(operator.getKey(), key.getKey(), key.getValue(), request)))
        .reduce(true, Boolean::logicalAnd);
  }

  /// If a request lacks the key, only a negated operator matches.
  private static boolean holds(
      String operator, String key, JsonNode value, Map<String, String> request) {
    check(CONDITION_KEYS.contains(key), key);
    var given = request.get(key);
    var patterns = values(value).toList();
    return switch (operator) {
      case "StringEquals" -> given != null && patterns.contains(given);
      case "ArnLike" -> given != null && patterns.stream().anyMatch(likeArn(given));
      case "ArnNotLike" -> given == null || patterns.stream().noneMatch(likeArn(given));
      default -> throw new IllegalArgumentException("not evaluated here: " + operator);
    };
  }

  private static Predicate<String> like(String given) {
    return pattern -> matches(pattern, given);
  }

  /// Compares each of an ARN's six parts separately.
  private static Predicate<String> likeArn(String given) {
    return pattern -> {
      var parts = given.split(":", 6);
      var patterns = pattern.split(":", 6);
      if (parts.length != 6 || patterns.length != 6) {
        return false;
      }
      for (int i = 0; i < 6; i++) {
        if (!matches(patterns[i], parts[i])) {
          return false;
        }
      }
      return true;
    };
  }

  /// `*` stands for any characters, including a slash, and `?` for one.
  private static boolean matches(String pattern, String given) {
    var regex =
        pattern
            .chars()
            .mapToObj(c ->
                switch (c) {
                  case '*' -> ".*";
                  case '?' -> ".";
                  default -> Pattern.quote(Character.toString(c));
                })
            .collect(Collectors.joining());
    return Pattern.matches(regex, given);
  }
}
