// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.legacy.StoredContent;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** A forward walk over legacy rows joined with their copies, in one snapshot. */
public interface ComparisonCursor extends AutoCloseable {

  /**
   * A legacy row beside its copy.
   *
   * @param copied whether the copy has a row of this key
   * @param columnsEqual whether every carried column is equal, value and type
   * @param inlineEqual whether content and flag are equal as stored (for rows that stay inline)
   * @param pointer where the copy's content is; null when it is inline
   */
  record ComparedRow(
      String key,
      boolean copied,
      boolean columnsEqual,
      boolean inlineEqual,
      StoredContent legacy,
      @Nullable Pointer pointer) {}

  boolean next() throws SQLException;

  /**
   * Stored bytes of the current legacy content, or a few more; to be asked for before the row is.
   */
  long contentBytes() throws SQLException;

  ComparedRow row() throws SQLException;

  /** The segment that the current row's pointer names, or null when it is missing. */
  @Nullable Segment segment() throws SQLException;

  /** What the current row's copy holds inline; asked only when it differs from the legacy row's. */
  StoredContent copyInline() throws SQLException;

  /**
   * Whether a difference under this key is explained in the same snapshot: it is in the change log
   * or in an unfinished range, or the log holds a mark that the whole table was emptied.
   */
  boolean isPending(String key) throws SQLException;

  /**
   * After the last row: rows of the copy in this range that have no legacy row, pending ones left
   * out.
   */
  long extraCopies() throws SQLException;

  @Override
  void close() throws SQLException;
}
