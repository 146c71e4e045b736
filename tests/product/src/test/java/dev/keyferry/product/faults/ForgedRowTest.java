package dev.keyferry.product.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keyferry.jose.EncryptionJwk;
import dev.keyferry.local.Api;
import dev.keyferry.local.Reply;
import dev.keyferry.local.Secrets;
import dev.keyferry.product.Recipient;
import dev.keyferry.product.Shared;
import dev.keyferry.product.Tables;
import dev.keyferry.product.Wire;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// Tests of rows that someone with write access to the tables forged. They authenticate no one. A
/// row that cannot be read is an outage, and the response repeats nothing from it.
class ForgedRowTest {
  private static int users;

  private final Wire wire = new Wire();
  private final Api api = Shared.environments(wire);
  private final String user = "forged-" + users++;
  private Api.Codes codes = new Api.Codes("", "");

  @BeforeEach
  void ask() {
    codes = api.codes();
  }

  private void editGrant(String attribute, AttributeValue value) {
    var row =
        Tables.rows(Tables.GRANTS)
            .filter(grant -> Tables.text(grant, "claimed_by").equals(user))
            .findFirst()
            .orElseThrow();
    edit(Tables.GRANTS, row, attribute, value);
  }

  private void removeFromGrant(String attribute) {
    var place = Tables.text(Tables.grant(codes.deviceCode()), "pk");
    Tables.DYNAMO.updateItem(update ->
        update
            .tableName(Tables.GRANTS)
            .key(Map.of("pk", AttributeValue.fromS(place)))
            .updateExpression("REMOVE " + attribute));
  }

  private void editKey(String attribute, AttributeValue value) {
    edit(Tables.KEYS, Tables.keyRowsOf(user).getFirst(), attribute, value);
  }

  private static void edit(
      String table, Map<String, AttributeValue> row, String attribute, AttributeValue value) {
    Tables.DYNAMO.updateItem(update ->
        update
            .tableName(table)
            .key(Map.of("pk", AttributeValue.fromS(Tables.text(row, "pk"))))
            .updateExpression("SET " + attribute + " = :value")
            .expressionAttributeValues(Map.of(":value", value)));
  }

  @Test
  void a_grant_approved_only_in_the_table_issues_nothing() {
    api.claim(user, codes.userCode());
    editGrant("approved_at", AttributeValue.fromN("1"));
    editGrant("approval_seal", AttributeValue.fromS("1." + "A".repeat(43)));
    editGrant("grant_state", AttributeValue.fromS("approved"));

    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("400 invalid_grant");
    assertThat(Tables.keyRowsOf(user)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"grant_state, approved", "grant_state, junk"})
  void an_unreadable_grant_is_an_outage(String attribute, String value) {
    api.claim(user, codes.userCode());
    editGrant(attribute, AttributeValue.fromS(value));
    var before = Secrets.LOG.size();

    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("503 temporarily_unavailable");
    assertThat(Secrets.LOG.stream().skip(before))
        .isNotEmpty()
        .noneMatch(line -> line.contains("junk"));
  }

  /// A refused poll reads the row. A poll that is not refused does not need it.
  @Test
  void an_unreadable_claim_is_an_outage_for_claimant_and_device() {
    var nonce = api.claim(user, codes.userCode()).text("approval_nonce");
    editGrant("claim_nonce", AttributeValue.fromS("junk"));

    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("400 authorization_pending");
    assertThat(api.approve(user, codes.userCode(), nonce).verdict())
        .isEqualTo("503 temporarily_unavailable");
  }

  @ParameterizedTest
  @CsvSource({"access_hash, junk", "requested_from, junk", "key_seal, junk", "key_code, junk"})
  void an_unreadable_key_is_an_outage(String attribute, String value) {
    api.grant(user, codes.userCode());
    var token = api.poll(codes.deviceCode()).text("access_token");
    editKey(attribute, AttributeValue.fromS(value));
    var before = Secrets.LOG.size();

    assertThat(api.whoami(token).status()).isEqualTo(500);
    assertThat(Secrets.LOG.stream().skip(before))
        .isNotEmpty()
        .noneMatch(line -> line.contains("junk"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"user_name", "user_email", "user_organisation"})
  void no_one_is_greeted_as_another_person(String attribute) {
    api.grant(user, codes.userCode());
    editGrant(attribute, AttributeValue.fromS("Somebody Else"));
    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("400 invalid_grant");

    var token = api.link(user).text("access_token");
    editKey(attribute, AttributeValue.fromS("Somebody Else"));
    assertThat(api.whoami(token).status()).isEqualTo(403);
  }

  @Test
  void editing_the_row_neither_removes_nor_adds_a_number() {
    codes = api.codes(Api.CAREFUL);
    var byCareful = Map.of("client_id", "careful");
    var nonce = api.claim(user, codes.userCode()).text("approval_nonce");
    var number = api.approve(user, codes.userCode(), nonce).text("confirmation");
    for (var value : List.of(AttributeValue.fromBool(false), AttributeValue.fromS("true"))) {
      editGrant("number_required", value);
      assertThat(api.poll(codes.deviceCode(), byCareful, Map.of()).verdict())
          .isEqualTo("400 invalid_grant");
    }
    removeFromGrant("number_required");
    assertThat(api.poll(codes.deviceCode(), byCareful, Map.of()).verdict())
        .isEqualTo("400 invalid_grant");
    removeFromGrant("confirmation_supported");
    assertThat(api.enter(codes.deviceCode(), number, byCareful).verdict())
        .isEqualTo("400 invalid_grant");
    assertThat(Tables.keyRowsOf(user)).isEmpty();

    editGrant("confirmation_supported", AttributeValue.fromBool(true));
    editGrant("number_required", AttributeValue.fromBool(true));
    assertThat(api.enter(codes.deviceCode(), number, byCareful).status()).isEqualTo(200);
  }

  /// Otherwise someone could edit the flag between claim and approve, and then restore it.
  @Test
  void approve_uses_the_device_support_that_the_claim_saw_whatever_the_row_says() {
    codes = api.codes(Api.CAREFUL);
    var nonce = api.claim(user, codes.userCode()).text("approval_nonce");
    removeFromGrant("confirmation_supported");

    assertThat(api.approve(user, codes.userCode(), nonce).json().has("confirmation")).isTrue();
  }

  @Test
  void an_invented_name_is_ignored() {
    api.grant(user, codes.userCode());
    var token = api.poll(codes.deviceCode()).text("access_token");
    editKey("key_name", AttributeValue.fromS("my own laptop"));

    assertThat(api.whoami(token).status()).isEqualTo(403);
  }

  /// `offline_access` ends a device after 90 days at the latest. Merged into another token, it
  /// would not.
  @Test
  void scope_tokens_cannot_be_merged_into_one() {
    var merged = AttributeValue.fromL(List.of(AttributeValue.fromS("read offline_access")));
    codes = api.codes(Api.OFFLINE);
    var nonce = api.claim(user, codes.userCode()).text("approval_nonce");
    api.json(
        "/oauth/device/approve",
        user,
        Map.of(
            "user_code",
            codes.userCode(),
            "approval_nonce",
            nonce,
            "scope",
            "read offline_access"));
    for (var attribute : List.of("requested_scope", "approved_scope")) {
      var genuine = Objects.requireNonNull(Tables.grant(codes.deviceCode()).get(attribute));
      editGrant(attribute, merged);
      assertThat(api.poll(codes.deviceCode()).verdict())
          .as(attribute)
          .isEqualTo("400 invalid_grant");
      editGrant(attribute, genuine);
    }
    var token = api.poll(codes.deviceCode()).text("access_token");
    assertThat(api.whoami(token).status()).isEqualTo(200);
    editKey("granted_scope", merged);

    assertThat(api.whoami(token).status()).isEqualTo(403);
  }

  @Test
  void a_key_with_an_edited_generation_neither_verifies_nor_refreshes() {
    var first = api.link(user).text("refresh_token");
    var second = api.refresh(first).text("refresh_token");
    var third = api.refresh(second);
    editKey("generation", AttributeValue.fromN("0"));

    assertThat(api.whoami(third.text("access_token")).status()).isEqualTo(403);
    assertThat(api.refresh(third.text("refresh_token")).verdict()).isEqualTo("400 invalid_grant");
    editKey("generation", AttributeValue.fromN("2"));
    assertThat(api.refresh(first).verdict()).as("reuse").isEqualTo("400 invalid_grant");
    assertThat(api.whoami(third.text("access_token")).status()).isEqualTo(403);
  }

  @Test
  void an_unreadable_key_hides_no_other_key() {
    api.link(user);
    editKey("access_hash", AttributeValue.fromS("junk"));
    var other = api.link(user).text("access_token");

    var listed = api.keys(user);

    assertThat(listed.status()).isEqualTo(200);
    assertThat(listed.json().path("keys"))
        .hasSize(1)
        .allMatch(key -> other.startsWith("kf_" + key.path("key_id").asText() + "_"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "client_id",
        "granted_scope",
        "requested_from",
        "key_name",
        "key_code",
        "user_email",
        "access_hash",
        "key_seal",
        "issued_by"
      })
  void a_key_with_an_attribute_of_another_type_hides_no_other(String attribute) {
    api.link(user);
    editKey(attribute, AttributeValue.fromN("7"));
    api.link(user);

    assertThat(api.keys(user).json().path("keys")).hasSize(1);
  }

  @Test
  void a_scope_list_with_an_element_that_is_no_text_is_unreadable() {
    var token = api.link(user).text("access_token");
    editKey(
        "granted_scope",
        AttributeValue.fromL(List.of(AttributeValue.fromS("read"), AttributeValue.fromN("7"))));

    assertThat(api.whoami(token).status()).isEqualTo(500);
    assertThat(api.keys(user).json().path("keys")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"access_hash", "refresh_hash", "key_seal", "generation_seal"})
  void an_impossible_hash_is_an_outage(String attribute) {
    var issued = api.link(user);
    editKey(attribute, AttributeValue.fromS("1.!junk!"));
    var before = Secrets.LOG.size();

    assertThat(api.refresh(issued.text("refresh_token")).verdict())
        .isEqualTo("503 temporarily_unavailable");
    assertThat(api.whoami(issued.text("access_token")).status()).isEqualTo(500);
    assertThat(Secrets.LOG.stream().skip(before)).noneMatch(line -> line.contains("junk"));
  }

  @Test
  void an_impossible_device_secret_hash_is_an_outage() {
    api.claim(user, codes.userCode());
    editGrant("device_secret", AttributeValue.fromS("1.!junk!"));

    assertThat(api.poll(codes.deviceCode()).verdict()).isEqualTo("503 temporarily_unavailable");
  }

  @Test
  void an_edited_key_authenticates_no_one() {
    api.grant(user, codes.userCode());
    var token = api.poll(codes.deviceCode()).text("access_token");
    editKey("subject", AttributeValue.fromS("someone-else"));

    assertThat(api.whoami(token).status()).isEqualTo(403);
  }

  /// The public key of a device that wants encrypted responses is not secret. Anyone who could
  /// replace it could read the responses.
  @Nested
  class WithTheKeyOfAnAttacker {
    private final Recipient device = Recipient.ec();
    private final Recipient thief = Recipient.ec();
    private final Map<String, String> same =
        Map.of("idempotency-key", UUID.randomUUID().toString());

    private AttributeValue stolen() {
      return AttributeValue.fromS(EncryptionJwk.normalForm(thief.jwk()));
    }

    @BeforeEach
    void askForEncryption() {
      codes = api.codes(device.asks(Api.OFFLINE));
      api.grant(user, codes.userCode());
    }

    private Reply poll() {
      return api.poll(codes.deviceCode(), Map.of(), same);
    }

    @Test
    void a_grant_issues_nothing_until_its_own_key_is_restored() {
      var row = Tables.grant(codes.deviceCode());
      var genuine = AttributeValue.fromS(Tables.text(row, "delivery_jwk"));
      editGrant("delivery_jwk", stolen());
      assertThat(poll().verdict()).isEqualTo("400 invalid_grant");
      editGrant("delivery_jwk", genuine);
      editGrant("delivery_nonce", AttributeValue.fromS("another"));
      assertThat(poll().verdict()).isEqualTo("400 invalid_grant");
      removeFromGrant("delivery_jwk");
      assertThat(poll().verdict()).isEqualTo("400 invalid_grant");
      assertThat(Tables.keyRowsOf(user)).isEmpty();

      editGrant("delivery_jwk", genuine);
      editGrant("delivery_nonce", AttributeValue.fromS(Recipient.NONCE));
      device.open(poll());
    }

    @Test
    void a_key_is_neither_repeated_nor_renewed() {
      var issued = device.open(poll());
      editKey("delivery_jwk", stolen());

      assertThat(poll().verdict()).isEqualTo("400 invalid_grant");
      assertThat(api.refresh(issued.text("refresh_token")).verdict())
          .isEqualTo("400 invalid_grant");
      assertThat(Tables.generationsOf(user)).containsExactly("0");
    }

    @Test
    void inserted_during_a_refresh_it_reads_nothing() {
      var issued = device.open(poll());
      wire.follow((_, attempt) -> {
        if (attempt.operation().equals("UpdateItem")) {
          editKey("delivery_jwk", stolen());
        }
        return Wire.Fate.ARRIVES;
      });

      device.open(api.refresh(issued.text("refresh_token")));

      assertThat(Tables.text(Tables.keyRowsOf(user).getFirst(), "delivery_jwk"))
          .isEqualTo(stolen().s());
    }
  }
}
