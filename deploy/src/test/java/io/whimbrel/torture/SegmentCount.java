// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import java.sql.Connection;
import java.sql.SQLException;

/** Segments hold each memory once: what a repeated range would leave behind shows in the sums. */
final class SegmentCount {

  private SegmentCount() {}

  /** As the other, of a store whose application has changed and deleted memories since. */
  static void compareWritten(Connection connection, Comparison comparison) throws SQLException {
    long pointers =
        TortureStore.number(
            connection, "SELECT count(*) FROM memories WHERE content_segment IS NOT NULL");
    long places =
        TortureStore.number(
            connection,
            "SELECT count(*) FROM (SELECT DISTINCT content_segment, content_offset FROM memories"
                + " WHERE content_segment IS NOT NULL AND content_length > 0) AS places");
    long empty =
        TortureStore.number(
            connection,
            "SELECT count(*) FROM memories WHERE content_segment IS NOT NULL AND content_length ="
                + " 0");
    if (places + empty != pointers) {
      comparison.wrong(pointers + " pointers lead to " + (places + empty) + " places");
    }
  }

  static void compare(Connection connection, Comparison comparison) throws SQLException {
    long memories = TortureStore.number(connection, "SELECT count(*) FROM memories");
    long pointers =
        TortureStore.number(
            connection, "SELECT count(*) FROM memories WHERE content_segment IS NOT NULL");
    long packed =
        TortureStore.number(
            connection, "SELECT coalesce(sum(memory_count), 0) FROM memory_segments");
    long unused =
        TortureStore.number(
            connection,
            "SELECT count(*) FROM memory_segments WHERE segment_id NOT IN (SELECT content_segment"
                + " FROM memories WHERE content_segment IS NOT NULL)");
    long counted =
        TortureStore.number(
            connection,
            "SELECT coalesce(sum(memories), 0) FROM whimbrel_ranges WHERE kind = 'COPY' AND state"
                + " = 'DONE'");
    if (pointers != packed || unused != 0) {
      comparison.wrong(
          "segments hold " + packed + " memories for " + pointers + " pointers, unused: " + unused);
    }
    if (counted != memories) {
      comparison.wrong("ranges count " + counted + " of " + memories + " memories");
    }
  }
}
