// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Vectors as a sentence model returns them: 384 little-endian floats of about unit length. */
final class Embedding {
  static final int DIMENSIONS = 384;
  static final int BYTES = DIMENSIONS * Float.BYTES;

  /** Makes the sum of the squares of uniform numbers between -1 and 1 come out near 1. */
  private static final double SCALE = Math.sqrt(3.0 / DIMENSIONS);

  private Embedding() {}

  static byte[] random(Dice dice) {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < DIMENSIONS; i++) {
      buffer.putFloat((float) ((2 * dice.unit() - 1) * SCALE));
    }
    return buffer.array();
  }
}
