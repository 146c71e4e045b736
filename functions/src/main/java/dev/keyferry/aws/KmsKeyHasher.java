package dev.keyferry.aws;

import dev.keyferry.flow.KeyHasher;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.MacAlgorithmSpec;

/// Derives subkeys with KMS: `GenerateMac(key, name)` over an `HMAC_256` key.
public final class KmsKeyHasher implements KeyHasher {
  private final KmsClient kms;
  private final String keyId;

  public KmsKeyHasher(KmsClient kms, String keyId) {
    this.kms = kms;
    this.keyId = keyId;
  }

  @Override
  public byte[] derive(String name, Patience patience) {
    var time =
        switch (patience) {
          case REQUIRED -> Budget.forCall();
          case OPTIONAL -> Budget.forExtra();
        };
    return Outages.translate(() ->
        kms.generateMac(request ->
                request
                    .keyId(keyId)
                    .macAlgorithm(MacAlgorithmSpec.HMAC_SHA_256)
                    .message(SdkBytes.fromUtf8String(name))
                    .overrideConfiguration(time))
            .mac()
            .asByteArray());
  }
}
