// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Inflated bytes, in blocks that together never exceed a bound. The first block may be a scratch
 * array that outlives this object; everything handed out is a copy of it.
 *
 * <p>Bytes beyond {@link #HELD_BYTES_MAX} are only counted unless they were expected, so that a
 * small stream which unpacks to a great many bytes costs no memory before its length is known.
 */
final class BoundedBytes {

  /** The most bytes that are held of a length that nobody vouched for. */
  static final int HELD_BYTES_MAX = 64 * 1024 * 1024;

  private static final int BLOCK_BYTES_MIN = 64 * 1024;
  private static final int BLOCK_BYTES_MAX = 8 * 1024 * 1024;

  private final byte[] scratch;
  private final int bytesMax;
  private final List<byte[]> fullBlocks = new ArrayList<>();
  private final byte[] probe = new byte[1];
  private byte[] block;
  private int blockLimit;
  private int blockLength;
  private int fullBytes;
  private boolean counting;
  private int counted;

  BoundedBytes(byte[] scratch, int bytesMax, int bytesExpected) {
    this.scratch = scratch;
    this.bytesMax = bytesMax;
    int first = Math.min(bytesExpected, bytesMax);
    block = first > scratch.length ? new byte[first] : scratch;
    blockLimit = Math.min(block.length, bytesMax);
  }

  /** Inflates some bytes: how many, 0 when the inflater has none, -1 when the bound is reached. */
  int inflateFrom(Inflater inflater) throws DataFormatException {
    if (counting) {
      return countFrom(inflater);
    }
    if (blockLength < blockLimit) {
      int inflated = inflater.inflate(block, blockLength, blockLimit - blockLength);
      blockLength += inflated;
      return inflated;
    }
    // A full block does not mean that more follows: ask for one byte before making room for many.
    int inflated = inflater.inflate(probe);
    if (inflated == 0) {
      return 0;
    }
    if (!grow()) {
      return -1;
    }
    if (counting) {
      counted += inflated;
    } else {
      block[blockLength++] = probe[0];
    }
    return inflated;
  }

  private int countFrom(Inflater inflater) throws DataFormatException {
    int inflated = inflater.inflate(scratch);
    if (inflated > bytesMax - counted) {
      return -1;
    }
    counted += inflated;
    return inflated;
  }

  /** Whether the bytes were too many to be held: {@link #length} is all that is known of them. */
  boolean isOnlyCounted() {
    return counting;
  }

  int length() {
    return counting ? counted : fullBytes + blockLength;
  }

  void addTo(CRC32 checksum) {
    fullBlocks.forEach(checksum::update);
    checksum.update(block, 0, blockLength);
  }

  byte[] toBytes() {
    if (fullBlocks.isEmpty()) {
      boolean isOurs = block != scratch && blockLength == block.length;
      return isOurs ? block : Arrays.copyOf(block, blockLength);
    }
    byte[] joined = new byte[length()];
    int at = 0;
    for (byte[] full : fullBlocks) {
      System.arraycopy(full, 0, joined, at, full.length);
      at += full.length;
    }
    System.arraycopy(block, 0, joined, at, blockLength);
    return joined;
  }

  private boolean grow() {
    int room = bytesMax - length();
    if (room == 0) {
      return false;
    }
    if (length() >= HELD_BYTES_MAX) {
      counted = length();
      counting = true;
      fullBlocks.clear();
      block = scratch;
      return true;
    }
    // A full block is full to its array's end: a limit below that means the bound, and no growing.
    fullBlocks.add(block);
    fullBytes += blockLength;
    int wanted = Math.max(BLOCK_BYTES_MIN, Math.min(fullBytes, BLOCK_BYTES_MAX));
    block = new byte[Math.min(wanted, room)];
    blockLimit = block.length;
    blockLength = 0;
    return true;
  }
}
