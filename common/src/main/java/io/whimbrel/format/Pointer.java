// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

/**
 * Where a memory's text is.
 *
 * @param segmentId the segment
 * @param offset bytes before the text in the segment's raw bytes
 * @param length bytes of the text in UTF-8
 * @param crc32c CRC-32C of those bytes, signed
 */
public record Pointer(long segmentId, int offset, int length, int crc32c) {

  public Pointer {
    if (segmentId < 0 || offset < 0 || length < 0 || offset > Integer.MAX_VALUE - length) {
      throw new IllegalArgumentException(
          "no such place: segment=" + segmentId + " offset=" + offset + " length=" + length);
    }
  }
}
