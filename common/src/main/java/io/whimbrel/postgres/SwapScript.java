// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.ledger.FencedException;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.LockNotAvailableException;
import io.whimbrel.store.TableLayout;
import io.whimbrel.store.TooManyChangesException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One swap, in either direction: the text of {@code swap.sql} with its names filled in.
 *
 * @param readySchema where the table lies that is to serve
 * @param retiredSchema where the table goes that serves now
 * @param checks queries that answer with a text when something is wrong
 * @param carriage what is carried over under the lock, and when it is too much
 * @param guardedUpdates ledger statements of which each must hit one row
 * @param afterMove statements to run once the tables have changed places
 */
record SwapScript(
    MemoriesTable table,
    long migrationId,
    String readySchema,
    String retiredSchema,
    List<String> checks,
    Carriage.Load carriage,
    List<String> guardedUpdates,
    List<String> afterMove) {

  /**
   * Runs the swap on a connection of its own.
   *
   * @param workLimit for what is done under the locks; then the server itself calls the swap off
   */
  void run(ConnectionSource source, Duration lockTimeout, Duration workLimit) throws SQLException {
    String script = text(lockTimeout);
    try (Connection connection = source.openDirect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SET statement_timeout = "
              + lockTimeout.plus(workLimit).toMillis()
              + "; SET idle_in_transaction_session_timeout = '5s'");
      statement.execute(script);
    } catch (SQLException e) {
      throw translated(e);
    }
  }

  private static SQLException translated(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    switch (state) {
      case SqlStates.REFUSED -> throw new CutOverRefusedException(message(e), e);
      case SqlStates.FENCED -> throw new FencedException(message(e));
      case SqlStates.TOO_MUCH -> throw new TooManyChangesException(message(e));
      case SqlStates.LOCK_NOT_AVAILABLE, SqlStates.DEADLOCK ->
          throw new LockNotAvailableException(
              "other transactions held the tables through the whole lock budget", e);
      case SqlStates.QUERY_CANCELED ->
          throw new LockNotAvailableException("the swap was not finished within its time limit", e);
      default -> {
        return e;
      }
    }
  }

  private static String message(SQLException e) {
    String text = String.valueOf(e.getMessage());
    return text.lines().findFirst().orElse(text).replaceFirst("^ERROR: ", "");
  }

  private String text(Duration lockTimeout) {
    String chunks =
        table.layout().hasChunks()
            ? Quoting.literal(table.qualified(TableLayout.CHUNKS_TABLE))
            : "NULL::text";
    return template()
        .replace("${serving_schema}", literal(table.layout().schema()))
        .replace("${ready_schema}", literal(readySchema))
        .replace("${retired_schema}", literal(retiredSchema))
        .replace("${lock_millis}", Long.toString(Math.max(1, lockTimeout.toMillis())))
        .replace("${chunks}", literalFree(chunks))
        .replace("${migration}", Long.toString(migrationId))
        .replace("${checks}", array(checks))
        .replace("${too_much}", array(carriage.tooMuch()))
        .replace("${carry}", array(carriage.statements()))
        .replace("${after_move}", array(afterMove))
        .replace("${ledger}", array(guardedUpdates))
        .replace("${fingerprint}", literalFree(FingerprintSql.expression(table.qualified())));
  }

  private static String array(List<String> statements) {
    return statements.isEmpty()
        ? "'{}'"
        : statements.stream()
            .map(SwapScript::literal)
            .collect(Collectors.joining(", ", "ARRAY[", "]"));
  }

  private static String literal(String text) {
    return literalFree(Quoting.literal(text));
  }

  // The script's own quotation would end here.
  private static String literalFree(String sql) {
    if (sql.contains("$whimbrel$")) {
      throw new IllegalArgumentException(
          "a name or statement holds the script's own quotation mark");
    }
    return sql;
  }

  private static String template() {
    try (InputStream in = SwapScript.class.getResourceAsStream("swap.sql")) {
      if (in == null) {
        throw new IllegalStateException("swap.sql is missing from the program");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
