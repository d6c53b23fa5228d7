// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import com.github.luben.zstd.Zstd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Trains dictionaries on a sample of a store's memories. */
public final class DictionaryTrainer {

  /** The size beyond which a larger dictionary no longer pays for segments of tens of KiB. */
  public static final int BYTES_MAX_DEFAULT = 64 * 1024;

  public static final int BYTES_MIN = 4 * 1024;

  /** With a smaller sample the dictionary would be that sample, and fit nothing else. */
  private static final int SAMPLE_RATIO = 3;

  /** Shorter samples are of no use to the trainer, which hashes eight bytes at a time. */
  private static final int SAMPLE_BYTES_MIN = 8;

  /** What repeats within one long memory is not what a dictionary is for. */
  private static final int SAMPLE_BYTES_MAX = 32 * 1024;

  /** Fewer say too little about the rest of the store. */
  private static final int SAMPLES_MIN = 16;

  /** With less than this, plain compression of the one or two segments does as well. */
  private static final int TOTAL_BYTES_MIN = 8 * BYTES_MIN;

  private static final int TOTAL_BYTES_MAX = 64 * 1024 * 1024;

  private DictionaryTrainer() {}

  /**
   * A dictionary for memories like the samples: a third of their size, within 4 KiB and {@code
   * bytesMax}. Empty when the samples are too few or too alike to learn from.
   */
  public static Optional<byte[]> train(List<byte[]> samples, int bytesMax) {
    if (bytesMax < BYTES_MIN) {
      throw new IllegalArgumentException("bytesMax=" + bytesMax + " is below " + BYTES_MIN);
    }
    List<byte[]> used = new ArrayList<>();
    int total = 0;
    for (byte[] sample : samples) {
      int length = Math.min(sample.length, SAMPLE_BYTES_MAX);
      if (length > TOTAL_BYTES_MAX - total) {
        break;
      }
      if (length >= SAMPLE_BYTES_MIN) {
        used.add(length == sample.length ? sample : Arrays.copyOf(sample, length));
        total += length;
      }
    }
    if (used.size() < SAMPLES_MIN || total < TOTAL_BYTES_MIN) {
      return Optional.empty();
    }
    byte[] dictionary = new byte[Math.max(BYTES_MIN, Math.min(total / SAMPLE_RATIO, bytesMax))];
    long length = Zstd.trainFromBuffer(used.toArray(new byte[0][]), dictionary);
    if (Zstd.isError(length) || length <= 0) {
      return Optional.empty();
    }
    return Optional.of(Arrays.copyOf(dictionary, (int) length));
  }
}
