package dev.keyferry.proof.interleaving;

/// The visited states by fingerprint, each with its number of remaining orders. A state takes tens
/// of bytes.
final class Visited {
  private static final int FIRST_SIZE = 1 << 16;

  private long[] fingerprints = new long[FIRST_SIZE];
  private double[] orders = new double[FIRST_SIZE];
  private int size;

  /// Returns 0 for an unknown state.
  double find(long fingerprint) {
    return orders[slot(fingerprint)];
  }

  void put(long fingerprint, double value) {
    if (size * 2 > fingerprints.length) {
      grow();
    }
    var slot = slot(fingerprint);
    size += orders[slot] == 0 ? 1 : 0;
    fingerprints[slot] = fingerprint;
    orders[slot] = value;
  }

  /// Returns whether the state is new.
  boolean add(long fingerprint) {
    var isNew = find(fingerprint) == 0;
    if (isNew) {
      put(fingerprint, 1);
    }
    return isNew;
  }

  int size() {
    return size;
  }

  private int slot(long fingerprint) {
    var mask = fingerprints.length - 1;
    var slot = (int) fingerprint & mask;
    while (orders[slot] != 0 && fingerprints[slot] != fingerprint) {
      slot = slot + 1 & mask;
    }
    return slot;
  }

  private void grow() {
    var oldFingerprints = fingerprints;
    var oldOrders = orders;
    fingerprints = new long[oldFingerprints.length * 2];
    orders = new double[oldOrders.length * 2];
    for (int i = 0; i < oldOrders.length; i++) {
      if (oldOrders[i] != 0) {
        var slot = slot(oldFingerprints[i]);
        fingerprints[slot] = oldFingerprints[i];
        orders[slot] = oldOrders[i];
      }
    }
  }
}
