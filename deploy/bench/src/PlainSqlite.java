// SPDX-License-Identifier: Apache-2.0

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The plainest ways of copying in SQLite, in a process without us: {@code VACUUM INTO} twice, then
 * {@code CREATE TABLE AS SELECT}. The file keeps the journal and the syncing that it came with.
 * Arguments: the file, and the beginning of the names of the files to make. Prints {@code
 * name=millis} lines.
 */
final class PlainSqlite {
  private PlainSqlite() {}

  public static void main(String[] arguments) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + arguments[0]);
        Statement statement = connection.createStatement()) {
      long vacuum = 0;
      for (int i = 1; i <= 2; i++) {
        vacuum += time(statement, "VACUUM INTO '" + arguments[1] + i + "'");
      }
      long create = time(statement, "CREATE TABLE plain_copy AS SELECT * FROM memories");
      System.out.println("vacuumMillis=" + vacuum);
      System.out.println("createMillis=" + create);
    }
  }

  private static long time(Statement statement, String sql) throws SQLException {
    long start = System.nanoTime();
    statement.execute(sql);
    return (System.nanoTime() - start) / 1_000_000;
  }
}
