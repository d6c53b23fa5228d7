// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

/**
 * Numbers that name what stands in a row: the key of an original memory, or the write that it comes
 * from. No two writes share one, so a stale or doubled value is seen.
 */
final class Versions {

  /** Rows that one operation can write. */
  static final int ROWS_MAX = 16;

  private static final int NUMBER_BITS = 40;
  private static final long FIRST_WRITTEN = 1L << NUMBER_BITS;

  private Versions() {}

  /** What the given writer's operation puts into its row of this index. */
  static long written(int writer, long operation, int row) {
    if (writer < 0 || operation < 1 || row < 0 || row >= ROWS_MAX) {
      throw new IllegalArgumentException(
          "writer=" + writer + " operation=" + operation + " row=" + row);
    }
    return (writer + 1L) * FIRST_WRITTEN + Math.multiplyExact(operation, ROWS_MAX) + row;
  }

  static boolean isOriginal(long version) {
    return version < FIRST_WRITTEN;
  }

  /** The version's number within its writer, for columns that hold 32 bits. */
  static int number(long version) {
    return Math.toIntExact(version & (FIRST_WRITTEN - 1));
  }
}
