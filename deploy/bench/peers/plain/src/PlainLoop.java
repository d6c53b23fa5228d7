// SPDX-License-Identifier: Apache-2.0

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The loop that one would write by hand: one thread reads every row by a cursor, makes a frame,
 * checks it, and inserts row and frame in batches, which the driver turns into statements of many
 * rows. Commits with every batch.
 */
final class PlainLoop {
  private static final int BATCH_ROWS = 5_000;

  private PlainLoop() {}

  public static void main(String[] arguments) throws SQLException {
    String url = arguments[0];
    Output.createTables(url);
    long start = System.nanoTime();
    copy(url);
    long copied = System.nanoTime();
    Output.buildKeys(url);
    Output.print(start, copied, System.nanoTime());
  }

  private static void copy(String url) throws SQLException {
    List<String> carried = Output.carriedColumns(url);
    String query = "SELECT " + String.join(", ", carried) + ", content FROM memories ORDER BY id";
    try (Connection reader = Output.connect(url);
        Connection writer = Output.connect(url);
        Statement select = reader.createStatement();
        PreparedStatement rows = writer.prepareStatement(Output.insertRows(carried));
        PreparedStatement bodies = writer.prepareStatement(Output.INSERT_BODY);
        Output.Frames frames = new Output.Frames()) {
      reader.setAutoCommit(false);
      writer.setAutoCommit(false);
      select.setFetchSize(BATCH_ROWS);
      int width = carried.size();
      int pending = 0;
      try (ResultSet row = select.executeQuery(query)) {
        while (row.next()) {
          byte[] text = Output.Frames.utf8(row.getString(width + 1));
          for (int i = 1; i <= width; i++) {
            rows.setObject(i, row.getObject(i));
          }
          rows.setInt(width + 1, text.length);
          rows.addBatch();
          bodies.setInt(1, row.getInt("id"));
          bodies.setBytes(2, frames.frame(text));
          bodies.addBatch();
          if (++pending == BATCH_ROWS) {
            write(writer, rows, bodies);
            pending = 0;
          }
        }
      }
      write(writer, rows, bodies);
    }
  }

  private static void write(Connection writer, PreparedStatement rows, PreparedStatement bodies)
      throws SQLException {
    rows.executeBatch();
    bodies.executeBatch();
    writer.commit();
  }
}
