// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

/**
 * How many rows of a range the next transaction takes. Whole parts while all goes well; halves
 * after an error of the data, down to the one row that causes it, which is then carried as it is
 * stored; larger again once that row is passed. Pure.
 */
final class PartSize {

  private static final int WHOLE = Integer.MAX_VALUE;

  private int rowsMax = WHOLE;
  private boolean asStored;

  int rowsMax() {
    return rowsMax;
  }

  /** Whether the next part, one row, is carried without packing. */
  boolean isAsStored() {
    return asStored;
  }

  /**
   * Shrinks after a part failed on its data.
   *
   * @param rows the rows that the part held
   * @return false when nothing smaller can be tried
   */
  boolean shrink(int rows) {
    if (rows < 1 || asStored) {
      return false;
    }
    if (rows == 1) {
      asStored = true;
    }
    rowsMax = Math.max(1, rows / 2);
    return true;
  }

  void committed() {
    asStored = false;
    rowsMax = rowsMax >= RangePacking.ROWS_MAX ? WHOLE : rowsMax * 2;
  }
}
