package dev.keyferry.jose;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEEncrypter;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDHEncrypter;
import com.nimbusds.jose.crypto.RSAEncrypter;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import java.text.ParseException;

/// JSON in a compact JWE, RFC 7516 §7.1.
public final class Jwe {
  private Jwe() {}

  /// @param jwk in the normal form of [EncryptionJwk]
  public static String encrypt(String jwk, String json) {
    try {
      return compact(jwk, json);
    } catch (JOSEException | ParseException e) {
      throw new IllegalStateException("encrypting to an accepted key failed", e);
    }
  }

  /// Whether a key in normal form can be encrypted to: its point lies on its curve, and the key
  /// meets the other requirements of Nimbus and the JDK.
  static boolean canEncryptTo(String jwk) {
    try {
      return !compact(jwk, "{}").isEmpty();
    } catch (JOSEException | ParseException | IllegalStateException _) {
      return false;
    }
  }

  private static String compact(String jwk, String json) throws JOSEException, ParseException {
    var key = JWK.parse(jwk);
    var header =
        new JWEHeader.Builder(
                JWEAlgorithm.parse(key.getAlgorithm().getName()), EncryptionMethod.A256GCM)
            .type(JOSEObjectType.JOSE)
            .contentType("json")
            .keyID(key.getKeyID())
            .build();
    var jwe = new JWEObject(header, new Payload(json));
    jwe.encrypt(encrypter(key));
    return jwe.serialize();
  }

  private static JWEEncrypter encrypter(JWK key) throws JOSEException {
    return key instanceof ECKey ec ? new ECDHEncrypter(ec) : new RSAEncrypter(key.toRSAKey());
  }
}
