// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.sqlite.SqliteSchema.SchemaObject;
import io.whimbrel.store.Column;
import io.whimbrel.store.Inspection;
import io.whimbrel.store.StoreInspector;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.StoreSizes;
import io.whimbrel.store.TableLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.sqlite.SQLiteException;

/** Looks at a SQLite store: what is there, what cannot be carried, what it will take. */
final class SqliteInspector implements StoreInspector {

  private static final List<String> POINTERS =
      List.of(TableLayout.SEGMENT, TableLayout.OFFSET, TableLayout.LENGTH, TableLayout.CRC32C);

  private final SqliteStore store;
  private final SqliteSchema schema;

  SqliteInspector(SqliteStore store, SqliteSchema schema) {
    this.store = store;
    this.schema = schema;
  }

  @Override
  public Inspection inspect() throws SQLException {
    try {
      return look();
    } catch (SQLiteException e) {
      if (SqliteStore.isDamage(e)) {
        throw SqliteStore.refusal(store.file(), e);
      }
      throw e;
    }
  }

  private Inspection look() throws SQLException {
    return store.read(
        connection -> {
          TableLayout layout = schema.layout(connection);
          refuseHalfDone(connection, layout);
          refuseWhatReadsContent(connection, layout);
          refuseWhatPackingFires(connection, layout);
          schema.refuseMixedKeys(connection, layout);
          new SqliteRefusals(schema).check(connection, layout);
          List<String> facts = new ArrayList<>();
          List<String> warnings = new ArrayList<>();
          describe(connection, facts, warnings);
          long rows;
          try (Statement statement = connection.createStatement()) {
            rows = Sqlite.number(statement, "SELECT count(*) FROM " + quote(layout.table()));
          }
          StoreSizes sizes = sizes(connection);
          return new Inspection(
              layout,
              layoutName(layout),
              rows,
              sizes,
              facts,
              warnings,
              // The copy and its segments stay below the table's own size; the log of one range
              // comes
              // on top.
              sizes.memories() + (64L << 20),
              store.file().toAbsolutePath().getParent());
        });
  }

  private void refuseHalfDone(Connection connection, TableLayout layout) throws SQLException {
    boolean ledger = schema.find(connection, "table", "whimbrel_migrations").isPresent();
    boolean segments = schema.find(connection, "table", TableLayout.SEGMENTS_TABLE).isPresent();
    for (SchemaObject object : schema.objects(connection)) {
      if (!ledger && object.name().startsWith("whimbrel_")) {
        throw new StoreRefusedException(
            "`"
                + object.name()
                + "` is left of a migration that this store has no record of: restore a backup, or"
                + " drop it if you know where it comes from");
      }
    }
    List<String> names = layout.columns().stream().map(Column::name).toList();
    List<String> present = POINTERS.stream().filter(names::contains).toList();
    if (!present.isEmpty() && (present.size() < POINTERS.size() || !segments)) {
      throw new StoreRefusedException(
          "`memories` has the column `"
              + present.get(0)
              + "`, but not the rest of the new format: somebody's migration stopped half-way;"
              + " restore a backup");
    }
  }

  private void refuseWhatReadsContent(Connection connection, TableLayout layout)
      throws SQLException {
    List<SchemaObject> objects = schema.objects(connection);
    for (SchemaObject object : objects) {
      boolean ours = object.name().startsWith("whimbrel_");
      boolean onMemories = object.table().equalsIgnoreCase(TableLayout.TABLE);
      boolean readsContent = CreateText.mentions(object.sql(), TableLayout.CONTENT);
      boolean searchTable = SqliteRefusals.searchesContent(object, objects);
      if (ours || layout.hasPointers()) {
        continue;
      }
      if (searchTable
          || (onMemories && readsContent && !object.type().equals("table"))
          || (object.type().equals("trigger")
              && readsContent
              && CreateText.mentions(object.sql(), TableLayout.TABLE))) {
        throw new StoreRefusedException(
            "the "
                + (searchTable ? "full-text table" : object.type())
                + " `"
                + object.name()
                + "` reads the column `content`, which is NULL for packed memories: drop it, or"
                + " change it, before you migrate");
      }
    }
    for (SqliteSchema.UniqueIndex unique : schema.uniqueIndexes(connection, TableLayout.TABLE)) {
      if (!layout.hasPointers() && unique.columns().contains(TableLayout.CONTENT)) {
        throw new StoreRefusedException(
            "`content` is UNIQUE, which means nothing once packed memories have NULL there: drop"
                + " that constraint before you migrate");
      }
    }
    for (Column column : layout.columns()) {
      if (column.generated() && generatedFromContent(connection, column)) {
        throw new StoreRefusedException(
            "the generated column `"
                + column.name()
                + "` may read `content`, which is NULL for packed memories: drop it before you"
                + " migrate");
      }
    }
  }

  // Packing in place updates rows of the application's own table.
  private void refuseWhatPackingFires(Connection connection, TableLayout layout)
      throws SQLException {
    if (!layout.hasPointers()) {
      return;
    }
    for (SchemaObject trigger : schema.on(connection, "trigger", TableLayout.TABLE)) {
      if (CreateText.isUpdateTrigger(trigger.sql())) {
        throw new StoreRefusedException(
            "the trigger `"
                + trigger.name()
                + "` fires on updates of `memories`, and packing in place would set it off: drop it"
                + " while you migrate");
      }
    }
  }

  // The expression stands in the table's text; which words belong to it is not worth a parser.
  private boolean generatedFromContent(Connection connection, Column column) throws SQLException {
    String sql = schema.find(connection, "table", TableLayout.TABLE).orElseThrow().sql();
    String rest = sql.substring(Math.max(0, sql.indexOf(column.name())));
    return CreateText.mentions(rest, TableLayout.CONTENT);
  }

  private void describe(Connection connection, List<String> facts, List<String> warnings)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      facts.add("SQLite " + Sqlite.text(statement, "SELECT sqlite_version()"));
      facts.add("journal mode " + Sqlite.text(statement, "PRAGMA journal_mode"));
      facts.add(
          "free pages "
              + Sqlite.number(statement, "PRAGMA freelist_count")
              + " of "
              + Sqlite.number(statement, "PRAGMA page_count"));
    }
    for (SchemaObject object : schema.objects(connection)) {
      if (object.name().startsWith("whimbrel_")) {
        continue;
      }
      boolean onMemories = object.table().equalsIgnoreCase(TableLayout.TABLE);
      if (onMemories && !object.type().equals("table")) {
        facts.add(object.type() + " " + object.name() + " is carried over");
      }
      if (object.type().equals("view")
          && CreateText.mentions(object.sql(), TableLayout.TABLE)
          && (CreateText.mentions(object.sql(), TableLayout.CONTENT)
              || object.sql().contains("*"))) {
        warnings.add(
            "the view `" + object.name() + "` will show NULL as `content` of packed memories");
      }
    }
    warnings.add(
        "the application must read packed memories through a reader of the new format, and must"
            + " name its columns when it writes (docs/format.md)");
  }

  private static String layoutName(TableLayout layout) {
    List<String> names = layout.columns().stream().map(Column::name).toList();
    if (layout.hasPointers()) {
      return "migrated";
    }
    if (names.contains("owner_id")) {
      return layout.hasFlag() ? "G3" : "G2";
    }
    return names.contains("importance") ? "S" : "memories of " + names.size() + " columns";
  }

  /** Free bytes on the volume of the file. */
  static long freeBytes(Path file) {
    try {
      Path directory = file.toAbsolutePath().getParent();
      return directory == null ? -1 : Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      throw new UncheckedIOException("asking for free space beside " + file, e);
    }
  }

  @Override
  public StoreSizes sizes() throws SQLException {
    return store.read(SqliteInspector::sizes);
  }

  private static StoreSizes sizes(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      long pageSize = Sqlite.number(statement, "PRAGMA page_size");
      long whole = Sqlite.number(statement, "PRAGMA page_count") * pageSize;
      return new StoreSizes(whole, whole);
    }
  }

  @Override
  public String fingerprint() throws SQLException {
    return store.read(connection -> fingerprint(schema, connection));
  }

  static String fingerprint(SqliteSchema schema, Connection connection) throws SQLException {
    StringBuilder text = new StringBuilder();
    schema.objects(connection).stream()
        .filter(object -> !object.name().startsWith("whimbrel_"))
        .filter(
            object ->
                object.table().equalsIgnoreCase(TableLayout.TABLE)
                    || object.table().equalsIgnoreCase(TableLayout.CHUNKS_TABLE)
                    || object.type().equals("view")
                    || object.type().equals("trigger"))
        .sorted(Comparator.comparing(SchemaObject::type).thenComparing(SchemaObject::name))
        .forEach(object -> text.append(object.sql()).append('\n'));
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
