// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

/**
 * What to fill a store with; equal options give equal rows.
 *
 * @param memories how many memories, 1 or more
 * @param seed any number
 * @param mix which forms
 * @param contentBytesMean mean UTF-8 bytes of a text, 64 to 1,000,000; {@link DemoMix#PLAIN} only,
 *     the other mixes have lengths of their own
 */
public record DemoOptions(int memories, long seed, DemoMix mix, int contentBytesMean) {
  /** The mean length of a text unless told otherwise, in bytes. */
  public static final int CONTENT_BYTES_MEAN = 1_300;

  public DemoOptions {
    if (memories < 1) {
      throw new IllegalArgumentException("memories must be 1 or more: memories=" + memories);
    }
    if (contentBytesMean < 64 || contentBytesMean > 1_000_000) {
      throw new IllegalArgumentException(
          "contentBytesMean must be 64 to 1000000: contentBytesMean=" + contentBytesMean);
    }
  }

  /** The real mixture, seed 1. */
  public static DemoOptions of(int memories) {
    return new DemoOptions(memories, 1, DemoMix.ALL_FORMS, CONTENT_BYTES_MEAN);
  }

  public DemoOptions withSeed(long newSeed) {
    return new DemoOptions(memories, newSeed, mix, contentBytesMean);
  }

  public DemoOptions withMix(DemoMix newMix) {
    return new DemoOptions(memories, seed, newMix, contentBytesMean);
  }
}
