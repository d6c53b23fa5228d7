// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.keyrange.KeyRange;
import io.whimbrel.store.KeyType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;

/**
 * The legacy keys of one range whose copies may differ, because a change of them waits to be
 * carried over; as one snapshot sees it.
 *
 * @param all whether the log says that the whole table was emptied
 */
record PendingKeys(boolean all, Set<String> keys) {

  PendingKeys {
    keys = Set.copyOf(keys);
  }

  static PendingKeys read(
      Connection reader, KeyType type, RowStatements statements, KeyRange range, long migrationId)
      throws SQLException {
    try (Statement statement = reader.createStatement()) {
      if (SqliteCapture.isEmptied(statement)) {
        return new PendingKeys(true, Set.of());
      }
    }
    Set<String> keys = new HashSet<>();
    try (PreparedStatement select =
        reader.prepareStatement(statements.pendingIn(range, migrationId))) {
      SqliteLegacyCursor.bind(select, range, type);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          String key = Sqlite.key(row, 1, type);
          if (key != null) {
            keys.add(key);
          }
        }
      }
    }
    return new PendingKeys(false, keys);
  }

  boolean contains(String key) {
    return all || keys.contains(key);
  }
}
