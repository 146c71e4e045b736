package dev.keyferry.local;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Who may use a KMS key, by its key policy and by a caller's own policies.
///
/// It evaluates as much of IAM as one account without grants and boundaries needs. An unknown
/// element or operator is an error, because to skip it would be to guess.
///
/// @param arn the key's
/// @param account ARN of the account's root. A key policy that names it leaves the decision to the
///     callers' own policies, for the requests that meet its conditions
/// @param policy the key policy's statements
record KeyAccess(String arn, String account, List<JsonNode> policy) {
  /// @param arn what `aws:PrincipalArn` says: for a role's session, the role, with its path
  /// @param own the statements of its own policies
  record Caller(String arn, List<JsonNode> own) {}

  /// @param context the request's condition keys, without `aws:PrincipalArn`
  boolean allows(Caller caller, String action, Map<String, String> context) {
    var request = new HashMap<>(context);
    request.put("aws:PrincipalArn", caller.arn());
    BiPredicate<JsonNode, String> says =
        (statement, effect) ->
            statement.path("Effect").asText().equals(effect)
                && isAbout(statement, action)
                && conditionsHold(statement.path("Condition"), request);
    var ofKey = policy.stream().filter(statement -> says.test(statement, "Allow")).toList();
    var named = ofKey.stream().anyMatch(statement -> names(statement, caller.arn()));
    var delegated = ofKey.stream().anyMatch(statement -> names(statement, account));
    var own = caller.own().stream().anyMatch(statement -> says.test(statement, "Allow"));
    var denied =
        caller.own().stream().anyMatch(statement -> says.test(statement, "Deny"))
            || policy.stream().anyMatch(statement -> says.test(statement, "Deny"));
    return !denied && (named || (delegated && own));
  }

  private static boolean names(JsonNode statement, String principal) {
    return TemplateTest.texts(statement.at("/Principal/AWS")).anyMatch(principal::equals);
  }

  private boolean isAbout(JsonNode statement, String action) {
    if (statement.has("NotAction") || statement.has("NotPrincipal")) {
      throw new IllegalArgumentException("an element that is not evaluated: " + statement);
    }
    var resource =
        statement.has("NotResource")
            ? TemplateTest.texts(statement.path("NotResource")).noneMatch(like(arn))
            : TemplateTest.texts(statement.path("Resource")).anyMatch(like(arn));
    return resource && TemplateTest.texts(statement.path("Action")).anyMatch(like(action));
  }

  private static boolean conditionsHold(JsonNode conditions, Map<String, String> request) {
    return conditions.properties().stream()
        .allMatch(operator ->
            operator.getValue().properties().stream()
                .allMatch(key ->
                    holds(
                        operator.getKey(),
                        request.get(key.getKey()),
                        TemplateTest.texts(key.getValue()).toList())));
  }

  /// A key that a request lacks meets a negated operator alone.
  private static boolean holds(String operator, @Nullable String given, List<String> patterns) {
    return switch (operator) {
      case "StringEquals" -> given != null && patterns.contains(given);
      case "ArnLike" -> given != null && patterns.stream().anyMatch(likeArn(given));
      case "ArnNotLike" -> given == null || patterns.stream().noneMatch(likeArn(given));
      default ->
          throw new IllegalArgumentException("an operator that is not evaluated: " + operator);
    };
  }

  private static Predicate<String> like(String given) {
    return pattern -> matches(pattern, given);
  }

  /// Each of an ARN's six parts by itself.
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

  /// `*` stands for any characters, a slash among them, and `?` for one.
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
