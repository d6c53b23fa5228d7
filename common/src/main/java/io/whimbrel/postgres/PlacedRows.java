// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.format.Pointer;
import io.whimbrel.store.PlacedRow;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes rows of the copy, by binary COPY, into whatever table has its columns. */
final class PlacedRows {

  private final MemoriesTable table;
  private final List<String> columns;

  PlacedRows(MemoriesTable table) {
    this.table = table;
    this.columns = new ArrayList<>(table.layout().carriedColumns());
    columns.add(TableLayout.CONTENT);
    columns.add(TableLayout.FLAG);
    if (!table.layout().hasSize()) {
      columns.add(TableLayout.SIZE);
    }
    columns.addAll(
        List.of(TableLayout.SEGMENT, TableLayout.OFFSET, TableLayout.LENGTH, TableLayout.CRC32C));
  }

  /** The columns that are written, as an SQL list. */
  String columnList() {
    return columns.stream().map(Quoting::identifier).collect(Collectors.joining(", "));
  }

  void write(Connection connection, String target, List<PlacedRow> rows) throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    try (CopyWriter writer = new CopyWriter(connection, target + " (" + columnList() + ")")) {
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
}
