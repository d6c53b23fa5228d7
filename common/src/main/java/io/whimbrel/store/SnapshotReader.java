// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import io.whimbrel.legacy.StoredContent;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what the plan is made of: counts, keys and a sample. */
public interface SnapshotReader {

  /** The number of memories and their highest key, which is null in an empty table. */
  record Extent(long memories, @Nullable String highestKey) {}

  Extent extent() throws SQLException;

  /**
   * The key of the n-th memory above {@code lower}, walked on the key index.
   *
   * @param upper keys beyond this one are not looked at
   * @return null when fewer than n memories are left
   */
  @Nullable String keyAfter(@Nullable String lower, String upper, int n) throws SQLException;

  /**
   * Memories spread over the whole key space, as stored, in key order within each stretch.
   *
   * @param memoriesMax at most so many
   * @param bytesMax stops once their stored contents add up to more
   */
  List<StoredContent> sample(int memoriesMax, long bytesMax) throws SQLException;

  /** Inline memories of a table in the new format that a PACK range would look at. */
  long inlineMemories(int inlineBytesMax) throws SQLException;
}
