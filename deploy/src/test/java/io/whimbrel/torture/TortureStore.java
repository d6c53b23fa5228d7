// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.reader.MemoryReader;
import io.whimbrel.store.StoreUrl;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A store of one run. */
interface TortureStore extends AutoCloseable {

  /** The address by which the harness itself looks into the store. */
  String url();

  Map<String, String> environment();

  Connection connect() throws SQLException;

  /** What is in the store. */
  StoreImage image(StoreImage.Columns columns) throws SQLException;

  /** Removes the store. */
  @Override
  void close() throws IOException, SQLException;

  /** What each memory reads as; a key that is read twice has two texts. */
  default Map<String, List<String>> texts() {
    Map<String, List<String>> texts = new TreeMap<>();
    try (MemoryReader reader = MemoryReader.open(StoreUrl.parse(url()), environment())) {
      reader.forEach(
          memory ->
              texts
                  .computeIfAbsent(memory.key(), key -> new ArrayList<>())
                  .add(StoreImage.digestOf(memory.content().text())));
    }
    return texts;
  }

  /** What the ledger lists of damaged memories, when there is a ledger. */
  static List<String> failures(Connection connection, List<String> ours) throws SQLException {
    return ours.stream().anyMatch(name -> name.endsWith("whimbrel_failures"))
        ? texts(
            connection,
            "SELECT memory_key || ' ' || severity || ' ' || reason FROM whimbrel_failures")
        : List.of();
  }

  static List<String> texts(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      List<String> texts = new ArrayList<>();
      while (row.next()) {
        texts.add(row.getString(1));
      }
      return texts;
    }
  }

  /** A number, or 0 when there is no row. */
  static long number(Connection connection, String query) throws SQLException {
    List<String> texts = texts(connection, query);
    return texts.isEmpty() || texts.get(0) == null ? 0 : Long.parseLong(texts.get(0));
  }
}
