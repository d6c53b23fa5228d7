// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.RangeTransaction;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Commits one range. A lost commit loses its rows and its ledger entry together, never one. */
final class PostgresRangeTransaction implements RangeTransaction {

  // A commit that a crash may lose is safe here, see above; a wait for the application's row locks
  // is short, and a statement that never ends would hold the range for ever.
  private static final String SETTINGS =
      "SET LOCAL synchronous_commit = off; SET LOCAL lock_timeout = '10s';"
          + " SET LOCAL statement_timeout = '30min';"
          + " SET LOCAL idle_in_transaction_session_timeout = '2min'";

  private final Connection connection;
  private final MemoriesTable table;
  private final String copyTable;
  private final InPlaceSql inPlace;
  private boolean open = true;

  PostgresRangeTransaction(
      Connection connection, MemoriesTable table, long migrationId, String copyTable)
      throws SQLException {
    this.connection = connection;
    this.table = table;
    this.copyTable = copyTable;
    this.inPlace = new InPlaceSql(table, migrationId);
    try (Statement statement = connection.createStatement()) {
      statement.execute(SETTINGS);
    }
  }

  @Override
  public Connection connection() {
    return connection;
  }

  @Override
  public void insertSegments(List<Segment> segments) throws SQLException {
    if (segments.isEmpty()) {
      return;
    }
    try (CopyWriter writer =
        new CopyWriter(
            connection,
            table.qualified(TableLayout.SEGMENTS_TABLE)
                + " (segment_id, dictionary_id, raw_size, memory_count, body)")) {
      for (Segment segment : segments) {
        writer.startRow(5);
        writer.write(segment.segmentId());
        Integer dictionaryId = segment.dictionaryId();
        if (dictionaryId == null) {
          writer.writeNull();
        } else {
          writer.write(dictionaryId.intValue());
        }
        writer.write(segment.rawSize());
        writer.write(segment.memoryCount());
        writer.write(segment.body());
      }
      writer.finish();
    }
  }

  @Override
  public void insertCopies(List<PlacedRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    List<String> columns = new ArrayList<>(table.layout().carriedColumns());
    columns.add(TableLayout.CONTENT);
    columns.add(TableLayout.FLAG);
    if (!table.layout().hasSize()) {
      columns.add(TableLayout.SIZE);
    }
    columns.addAll(
        List.of(TableLayout.SEGMENT, TableLayout.OFFSET, TableLayout.LENGTH, TableLayout.CRC32C));
    String list = String.join(", ", columns.stream().map(Quoting::identifier).toList());
    try (CopyWriter writer = new CopyWriter(connection, copyTable + " (" + list + ")")) {
      for (PlacedRow row : rows) {
        writer.startRow(columns.size());
        writer.writeFields(row.carriedImage());
        writePlace(writer, row);
      }
      writer.finish();
    }
  }

  private void writePlace(CopyWriter writer, PlacedRow row) throws SQLException {
    Pointer pointer = row.pointer();
    String flagType = table.flagType() == null ? "bool" : table.flagType();
    if (pointer == null) {
      writer.writeFields(row.inlineImage());
      if (!table.layout().hasFlag()) {
        writer.writeFlag(false, flagType);
      }
    } else {
      writer.writeNull();
      writer.writeFlag(true, flagType);
    }
    if (!table.layout().hasSize()) {
      writer.write(row.codePoints());
    }
    writePointer(writer, pointer);
  }

  private static void writePointer(CopyWriter writer, @Nullable Pointer pointer)
      throws SQLException {
    if (pointer == null) {
      for (int i = 0; i < 4; i++) {
        writer.writeNull();
      }
      return;
    }
    writer.write(pointer.segmentId());
    writer.write(pointer.offset());
    writer.write(pointer.length());
    writer.write(pointer.crc32c());
  }

  @Override
  public int replaceCopies(
      long migrationId, long rangeId, @Nullable String upTo, List<PlacedRow> rows) {
    throw new UnsupportedOperationException("draining");
  }

  @Override
  public int packInPlace(List<PlacedRow> rows) throws SQLException {
    return inPlace.pack(connection, rows);
  }

  @Override
  public void commit() throws SQLException {
    connection.commit();
    open = false;
  }

  @Override
  public void close() throws SQLException {
    if (open) {
      open = false;
      connection.rollback();
    }
  }
}
