// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.Column;
import io.whimbrel.store.TableLayout;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The memories table with what only PostgreSQL needs to know of it.
 *
 * @param keyCollation the key column's collation as an SQL name; null for types that have none
 * @param contentType {@code text}, {@code varchar} or {@code bpchar}
 * @param flagType {@code bool} or an integer type; null without a flag
 * @param sizeReadable whether the size column is an integer
 * @param chunks the chunks table's own columns; null without one
 */
record MemoriesTable(
    TableLayout layout,
    long oid,
    @Nullable String keyCollation,
    String contentType,
    @Nullable String flagType,
    boolean sizeReadable,
    @Nullable Chunks chunks) {

  /** Which optional columns the chunks table has. */
  record Chunks(boolean hasType, boolean hasMetadata, boolean hasId) {}

  static String copySchema(long migrationId) {
    return "whimbrel_m" + migrationId;
  }

  static String legacySchema(long migrationId) {
    return copySchema(migrationId) + "_legacy";
  }

  static String copyTable(long migrationId) {
    return Quoting.identifier(copySchema(migrationId)) + "." + table();
  }

  static String table() {
    return Quoting.identifier(TableLayout.TABLE);
  }

  String schema() {
    return Quoting.identifier(layout.schema());
  }

  String qualified() {
    return schema() + "." + table();
  }

  String qualified(String otherTable) {
    return schema() + "." + Quoting.identifier(otherTable);
  }

  String key() {
    return Quoting.identifier(layout.keyColumn());
  }

  /** A key that is written as text, in the type and order of the key column. */
  String keyOf(String text) {
    return switch (layout.keyType()) {
      case INTEGER -> text + "::bigint";
      case UUID -> text + "::uuid";
      case TEXT -> keyCollation == null ? text : text + " COLLATE " + keyCollation;
    };
  }

  /**
   * An SQL condition: the row's key is among those that a query finds as {@code memory_key}. An
   * array, because it is looked up in the key's index however many keys the server expects.
   */
  String keyAmong(String alias, String query) {
    return Quoting.fill(
        "%s.%s = ANY (ARRAY(SELECT %s FROM (%s) logged WHERE logged.memory_key IS NOT NULL))",
        alias, key(), keyOf("logged.memory_key"), query);
  }

  /**
   * Carried columns, each behind the alias, as a select list. XML goes as text: its own binary form
   * leaves out what a declaration says, and the text is taken back as it is.
   */
  String carried(String alias) {
    Set<String> xml =
        layout.columns().stream()
            .filter(column -> column.declaredType().equals("xml"))
            .map(Column::name)
            .collect(Collectors.toUnmodifiableSet());
    return layout.carriedColumns().stream()
        .map(name -> columns(alias, List.of(name)) + (xml.contains(name) ? "::text" : ""))
        .collect(Collectors.joining(", "));
  }

  /** Content, and its flag where the table has one. */
  List<String> inlineColumns() {
    return layout.hasFlag()
        ? List.of(TableLayout.CONTENT, TableLayout.FLAG)
        : List.of(TableLayout.CONTENT);
  }

  String inline(String alias) {
    return columns(alias, inlineColumns());
  }

  /** An SQL condition: the flag is set. */
  String flagged(String alias) {
    if (flagType == null) {
      return "false";
    }
    String flag = alias + "." + Quoting.identifier(TableLayout.FLAG);
    return flagType.equals("bool") ? flag : flag + " <> 0";
  }

  /** The content as the bytes that COPY would send, for comparisons that no collation softens. */
  String contentBytes(String alias) {
    String send =
        switch (contentType) {
          case "varchar" -> "varcharsend";
          case "bpchar" -> "bpcharsend";
          default -> "textsend";
        };
    return "pg_catalog." + send + "(" + alias + "." + Quoting.identifier(TableLayout.CONTENT) + ")";
  }

  static String columns(String alias, List<String> names) {
    return names.stream()
        .map(name -> alias + "." + Quoting.identifier(name))
        .collect(Collectors.joining(", "));
  }
}
