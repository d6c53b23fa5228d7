// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * Neighbouring memories, compressed together.
 *
 * @param segmentId see {@link SegmentIds}; never used twice
 * @param dictionaryId the dictionary the body needs, or null
 * @param rawSize bytes of the memories before compression
 * @param memoryCount memories packed in; pointers may have left some of them since
 * @param body one standard zstd frame with content size and checksum; not copied
 */
public record Segment(
    long segmentId, @Nullable Integer dictionaryId, int rawSize, int memoryCount, byte[] body) {

  public Segment {
    requireNonNull(body, "body is null");
    if (segmentId < 0 || rawSize < 0 || memoryCount < 1) {
      throw new IllegalArgumentException(
          "no such segment: segment="
              + segmentId
              + " rawSize="
              + rawSize
              + " memoryCount="
              + memoryCount);
    }
  }
}
