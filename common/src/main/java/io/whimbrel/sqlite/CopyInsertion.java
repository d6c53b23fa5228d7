// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import io.whimbrel.format.Pointer;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Inserts rows of a range into the copy. The copy may still hold a row whose value of a unique
 * column the application has given to another row since: the new row is then left out, and its key
 * goes into the change log. The row in its way has changed as well, so both come again.
 */
final class CopyInsertion {

  // A batch spares the driver its look at the transaction around each statement; short ones do.
  private static final int BATCH_ROWS = 500;

  // Most of what a row costs is its statement. More rows in one save hardly more; a refused row
  // sends all of its statement's rows by the slow way.
  private static final int ROWS_PER_STATEMENT = 100;

  private final Connection connection;
  private final TableLayout layout;
  private final RowStatements statements;

  CopyInsertion(Connection connection, TableLayout layout, RowStatements statements) {
    this.connection = connection;
    this.layout = layout;
    this.statements = statements;
  }

  /**
   * @return how many rows were left out
   */
  int insert(List<PlacedRow> rows) throws SQLException {
    List<PlacedRow> packed = new ArrayList<>(rows.size());
    List<PlacedRow> others = new ArrayList<>();
    for (PlacedRow row : rows) {
      (row.pointer() == null ? others : packed).add(row);
    }
    int whole = packed.size() - packed.size() % ROWS_PER_STATEMENT;
    others.addAll(packed.subList(whole, packed.size()));
    if (whole > 0) {
      others.addAll(insertTogether(packed.subList(0, whole)));
    }
    return insertSingly(others);
  }

  /** Inserts many rows by each statement, and returns those that one by one must be tried. */
  private List<PlacedRow> insertTogether(List<PlacedRow> rows) throws SQLException {
    List<PlacedRow> undone = new ArrayList<>();
    try (PreparedStatement insert =
        connection.prepareStatement(statements.insertAllPacked(ROWS_PER_STATEMENT))) {
      for (int from = 0; from < rows.size(); from += ROWS_PER_STATEMENT) {
        List<PlacedRow> some = rows.subList(from, from + ROWS_PER_STATEMENT);
        int index = 1;
        for (PlacedRow row : some) {
          index = bind(insert, index, row);
        }
        try {
          // Fewer went in where a legacy row was deleted since it was read, and the log says so.
          insert.executeUpdate();
        } catch (SQLiteException e) {
          // Only such an error undoes its statement and leaves the transaction as it was.
          if ((e.getResultCode().code & 0xff) != SQLiteErrorCode.SQLITE_CONSTRAINT.code) {
            throw e;
          }
          undone.addAll(some);
        }
      }
    }
    return undone;
  }

  private int insertSingly(List<PlacedRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return 0;
    }
    int refused = 0;
    try (PreparedStatement packed = connection.prepareStatement(statements.insertPacked());
        PreparedStatement inline = connection.prepareStatement(statements.insertInline())) {
      for (int from = 0; from < rows.size(); from += BATCH_ROWS) {
        List<PlacedRow> some = rows.subList(from, Math.min(rows.size(), from + BATCH_ROWS));
        List<PlacedRow> absent = new ArrayList<>();
        absent.addAll(insert(packed, some.stream().filter(row -> row.pointer() != null).toList()));
        absent.addAll(insert(inline, some.stream().filter(row -> row.pointer() == null).toList()));
        for (PlacedRow row : absent) {
          refused += logIfRefused(row) ? 1 : 0;
        }
      }
    }
    return refused;
  }

  /** Inserts and returns those that did not go in. */
  private List<PlacedRow> insert(PreparedStatement insert, List<PlacedRow> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return rows;
    }
    for (PlacedRow row : rows) {
      bind(insert, 1, row);
      insert.addBatch();
    }
    int[] inserted = insert.executeBatch();
    List<PlacedRow> absent = new ArrayList<>();
    for (int i = 0; i < inserted.length; i++) {
      if (inserted[i] == 0) {
        absent.add(rows.get(i));
      }
    }
    return absent;
  }

  private int bind(PreparedStatement insert, int first, PlacedRow row) throws SQLException {
    Pointer pointer = row.pointer();
    int index = first;
    if (!layout.hasSize()) {
      insert.setInt(index++, row.codePoints());
    }
    if (pointer != null) {
      index = bind(insert, index, pointer);
    }
    Sqlite.bindKey(insert, index, layout.keyType(), row.key());
    return index + 1;
  }

  static int bind(PreparedStatement statement, int first, Pointer pointer) throws SQLException {
    statement.setLong(first, pointer.segmentId());
    statement.setInt(first + 1, pointer.offset());
    statement.setInt(first + 2, pointer.length());
    statement.setInt(first + 3, pointer.crc32c());
    return first + 4;
  }

  // Either the legacy row was deleted since it was read, and the log says so; or it was refused. By
  // which constraint tells a second try: DO NOTHING passes over a broken CHECK as well, which no
  // later round would mend.
  private boolean logIfRefused(PlacedRow row) throws SQLException {
    String sql = row.pointer() == null ? statements.insertInline() : statements.insertPacked();
    try (PreparedStatement again =
        connection.prepareStatement(
            sql.replace("INSERT INTO", "INSERT OR ABORT INTO")
                .replace(" ON CONFLICT DO NOTHING", ""))) {
      bind(again, 1, row);
      again.executeUpdate();
      return false;
    } catch (SQLiteException e) {
      if (!isUniqueConflict(e)) {
        throw e;
      }
    }
    try (PreparedStatement log = connection.prepareStatement(statements.logKey())) {
      Sqlite.bindKey(log, 1, layout.keyType(), row.key());
      log.executeUpdate();
      return true;
    }
  }

  /** A conflict on another column than the key; a key that is there twice is a fault of ours. */
  static boolean isUniqueConflict(SQLiteException e) {
    return e.getResultCode() == SQLiteErrorCode.SQLITE_CONSTRAINT_UNIQUE
        || e.getResultCode() == SQLiteErrorCode.SQLITE_CONSTRAINT_ROWID;
  }
}
