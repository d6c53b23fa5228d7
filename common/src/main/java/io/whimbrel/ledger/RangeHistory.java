// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.keyrange.RangeKind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What was done with ranges, read from the ledger; nothing here changes it. */
public final class RangeHistory {

  private final String table;

  public RangeHistory(String qualifier) {
    this.table = qualifier + "whimbrel_ranges";
  }

  /** A committed range. */
  public record Committed(long rangeId, KeyRange keys) {}

  /** Committed ranges of a kind in the order of their ids, a page at a time. */
  public List<Committed> committed(
      Connection connection, long migrationId, RangeKind kind, long afterRangeId, int max)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT range_id, lower_key, upper_key FROM "
                + table
                + " WHERE migration_id = ? AND kind = ? AND state = 'DONE' AND range_id > ? ORDER BY"
                + " range_id LIMIT ?")) {
      select.setLong(1, migrationId);
      select.setString(2, kind.name());
      select.setLong(3, afterRangeId);
      select.setInt(4, max);
      try (ResultSet row = select.executeQuery()) {
        List<Committed> ranges = new ArrayList<>();
        while (row.next()) {
          ranges.add(
              new Committed(
                  row.getLong(1),
                  new KeyRange(RangeLedger.decodeLower(row.getString(2)), row.getString(3))));
        }
        return ranges;
      }
    }
  }
}
