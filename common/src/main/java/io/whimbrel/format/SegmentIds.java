// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

/**
 * Segment ids: the id of the range that wrote the segment, times 2^20, plus the segment's number in
 * that range. Range ids are never used twice, so neither are segment ids, and no two workers need
 * to agree on one.
 */
public final class SegmentIds {

  /** The most segments of one range. */
  public static final int ORDINALS = 1 << 20;

  /** The highest range id whose segment ids fit a signed 64-bit number. */
  public static final long RANGE_ID_MAX = Long.MAX_VALUE / ORDINALS;

  private SegmentIds() {}

  public static long of(long rangeId, int ordinal) {
    if (rangeId < 0 || rangeId > RANGE_ID_MAX) {
      throw new IllegalArgumentException("no such range: range=" + rangeId);
    }
    if (ordinal < 0 || ordinal >= ORDINALS) {
      throw new IllegalArgumentException(
          "no such segment of a range: range=" + rangeId + " ordinal=" + ordinal);
    }
    return rangeId * ORDINALS + ordinal;
  }

  public static long rangeOf(long segmentId) {
    if (segmentId < 0) {
      throw new IllegalArgumentException("no such segment: segment=" + segmentId);
    }
    return segmentId / ORDINALS;
  }
}
