// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import io.whimbrel.store.StoreUrl;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A store to try commands on, and what it holds besides the migration's own tables. */
interface TestStore {

  /** The address as people type it. */
  String url();

  default StoreUrl storeUrl() {
    return StoreUrl.parse(url());
  }

  Connection connect() throws SQLException;

  /** Every application table, every row, every value. */
  Map<String, List<String>> tables() throws SQLException;

  /** As {@link #tables()}, but of the memories these columns only. */
  Map<String, List<String>> tables(List<String> memoriesColumns) throws SQLException;

  /** The definitions of everything of the application's. */
  List<String> definitions() throws SQLException;

  /** Names of tables and schemas that a migration made and that are still there. */
  List<String> leftovers() throws SQLException;

  /** The columns of the memories, in their order. */
  List<String> memoriesColumns() throws SQLException;

  /** Another store with the same content. */
  TestStore copy() throws Exception;

  /** An empty store. */
  TestStore empty() throws Exception;

  default void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** The first column, as text. */
  default List<String> texts(String query) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      List<String> texts = new ArrayList<>();
      while (row.next()) {
        texts.add(String.valueOf(row.getString(1)));
      }
      return texts;
    }
  }

  default long number(String query) throws SQLException {
    return Long.parseLong(texts(query).get(0));
  }

  /** The state of the newest migration; empty while there is none. */
  default String state() {
    try {
      List<String> states =
          texts("SELECT state FROM whimbrel_migrations ORDER BY migration_id DESC LIMIT 1");
      return states.isEmpty() ? "" : states.get(0);
    } catch (SQLException noLedgerYet) {
      return "";
    }
  }

  /** Ranges of changed keys; 0 while there is no ledger. */
  default long deltaRanges() {
    try {
      return number("SELECT count(*) FROM whimbrel_ranges WHERE kind = 'DELTA'");
    } catch (SQLException noLedgerYet) {
      return 0;
    }
  }

  /** Changes that no round has taken yet; -1 while there is no log. */
  default long loggedChanges() {
    try {
      return number("SELECT count(*) FROM whimbrel_changes");
    } catch (SQLException noLogYet) {
      return -1;
    }
  }

  /** Committed ranges of the newest migration; 0 while there is no ledger. */
  default long rangesDone() {
    try {
      return number("SELECT count(*) FROM whimbrel_ranges WHERE state = 'DONE'");
    } catch (SQLException noLedgerYet) {
      return 0;
    }
  }
}
