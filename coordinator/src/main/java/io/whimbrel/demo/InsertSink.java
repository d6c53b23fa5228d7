// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Prepared inserts, one statement a table: what SQLite is fastest with. */
final class InsertSink implements RowSink {
  private final Connection connection;
  private final Map<DemoTable, PreparedStatement> inserts = new EnumMap<>(DemoTable.class);

  InsertSink(Connection connection) {
    this.connection = connection;
  }

  @Override
  public void write(DemoTable table, List<Object[]> rows) throws SQLException {
    PreparedStatement insert = inserts.get(table);
    if (insert == null) {
      insert = connection.prepareStatement(insertInto(table));
      inserts.put(table, insert);
    }
    for (Object[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        insert.setObject(i + 1, row[i]);
      }
      insert.addBatch();
    }
    insert.executeBatch();
  }

  @Override
  public void close() throws SQLException {
    for (PreparedStatement insert : inserts.values()) {
      insert.close();
    }
  }

  private static String insertInto(DemoTable table) {
    String values = "?" + ", ?".repeat(table.width() - 1);
    return "INSERT INTO " + table.table() + " (" + table.columns() + ") VALUES (" + values + ")";
  }
}
