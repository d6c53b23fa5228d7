// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What both databases' tests ask of a filled store. */
final class StoreProbe {
  /** What the observer was told. */
  record Made(DemoForm form, String readsAs) {}

  /** A store that was filled, and what was said while it was. */
  record Filled(DemoSummary summary, Map<Long, Made> made) {}

  private StoreProbe() {}

  static Filled fill(Connection connection, DemoOptions options) throws SQLException {
    Map<Long, Made> made = new HashMap<>();
    DemoSummary summary =
        new DemoStore(options)
            .fill(connection, (id, form, text) -> made.put(id, new Made(form, text)));
    return new Filled(summary, made);
  }

  /** Every memory reads as the observer was told, and every form counts as the summary says. */
  static void assertReadsAsMade(Connection connection, Filled filled) throws SQLException {
    Map<DemoForm, Long> counts = new EnumMap<>(DemoForm.class);
    List<LegacyReader.Found> all = LegacyReader.all(connection);
    for (LegacyReader.Found found : all) {
      Made made = Objects.requireNonNull(filled.made().get(found.id()), "a memory nobody made");
      assertThat(found.form()).as("form of memory %d", found.id()).isEqualTo(made.form());
      assertThat(found.text().orElse(found.content()))
          .as("text of memory %d", found.id())
          .isEqualTo(made.readsAs());
      assertSizeAndHash(found);
      counts.merge(found.form(), 1L, Long::sum);
    }
    assertThat(all).hasSize(filled.made().size());
    assertThat(filled.summary().memories()).isEqualTo(all.size());
    for (DemoForm form : DemoForm.values()) {
      assertThat(filled.summary().count(form))
          .as("count of %s", form)
          .isEqualTo(counts.getOrDefault(form, 0L));
    }
  }

  static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  /** One hash over every value of every row of every table. */
  static String digest(Connection connection) throws SQLException {
    StringBuilder all = new StringBuilder();
    for (DemoTable table : DemoTable.values()) {
      for (List<String> row : rows(connection, table)) {
        all.append(row).append('\n');
      }
    }
    return LegacyCodec.sha256(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static List<List<String>> rows(Connection connection, DemoTable table)
      throws SQLException {
    List<List<String>> all = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT * FROM " + table.table() + " ORDER BY id")) {
      while (rows.next()) {
        List<String> row = new ArrayList<>();
        for (int column = 1; column <= table.width(); column++) {
          Object value = rows.getObject(column);
          row.add(value instanceof byte[] bytes ? Arrays.toString(bytes) : String.valueOf(value));
        }
        all.add(row);
      }
    }
    return all;
  }

  private static void assertSizeAndHash(LegacyReader.Found found) {
    String text = found.text().orElse(found.content());
    int chars = text.codePointCount(0, text.length());
    boolean cut = found.form().isDamaged() && found.form() != DemoForm.WRONG_FLAG;
    if (cut) {
      assertThat(found.size()).as("size of memory %d", found.id()).isGreaterThan(chars);
    } else {
      assertThat(found.size()).as("size of memory %d", found.id()).isEqualTo(chars);
    }
    String hash = LegacyCodec.sha256(text.getBytes(StandardCharsets.UTF_8));
    for (String stored : found.hashes()) {
      if (cut) {
        assertThat(stored).as("hash in memory %d", found.id()).isNotEqualTo(hash);
      } else {
        assertThat(stored).as("hash in memory %d", found.id()).isEqualTo(hash);
      }
    }
  }
}
