// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An application in a process of its own, which writes and reads by statements prepared once until
 * a file appears. Its last line says how often it wrote, its longest wait, and its first error.
 */
final class WritingProcess {

  private WritingProcess() {}

  record Outcome(long writes, long longestMillis, String error) {}

  static Process start(Path store, Path stop, Path output) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            WritingProcess.class.getName(),
            store.toString(),
            stop.toString(),
            output.toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  static Outcome outcome(Process process, Path output) throws IOException, InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("the application does not stop");
    }
    String[] words = Files.readString(output).strip().split(" ", 3);
    return new Outcome(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2]);
  }

  public static void main(String[] arguments) throws SQLException, IOException {
    Path stop = Path.of(arguments[1]);
    long writes = 0;
    long longest = 0;
    String error = "none";
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + arguments[0])) {
      connection.createStatement().execute("PRAGMA busy_timeout = 5000");
      try (PreparedStatement update =
              connection.prepareStatement("UPDATE memories SET title = ? WHERE id = ?");
          PreparedStatement select =
              connection.prepareStatement("SELECT title FROM memories WHERE id = ?")) {
        while (!Files.exists(stop)) {
          long start = System.nanoTime();
          String title = "by the application " + writes;
          long id = 1 + writes % 40;
          update.setString(1, title);
          update.setLong(2, id);
          int rows = update.executeUpdate();
          longest = Math.max(longest, System.nanoTime() - start);
          select.setLong(1, id);
          try (ResultSet row = select.executeQuery()) {
            if (rows != 1 || !row.next() || !title.equals(row.getString(1))) {
              throw new SQLException("memory " + id + " is not as it was written");
            }
          }
          writes++;
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
      }
    } catch (SQLException e) {
      error = String.valueOf(e.getMessage()).replace('\n', ' ');
    }
    try (PrintStream out = new PrintStream(arguments[2], StandardCharsets.UTF_8)) {
      out.println(writes + " " + TimeUnit.NANOSECONDS.toMillis(longest) + " " + error);
    }
  }
}
