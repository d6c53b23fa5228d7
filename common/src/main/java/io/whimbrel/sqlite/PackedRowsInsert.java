// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.sqlite;

import static io.whimbrel.sqlite.CreateText.quote;

import io.whimbrel.store.TableLayout;
import java.util.List;
import java.util.stream.Collectors;

/** The statement that copies many packed rows inside the database at once. */
final class PackedRowsInsert {

  private PackedRowsInsert() {}

  /**
   * Rows go in by the order of their parameters; for each: [size,] segment, offset, length, crc,
   * key. The statement fails as a whole on the first row that breaks a constraint, also where the
   * table's own text says to replace or to pass over.
   *
   * @param copy the quoted name of the copy
   * @param carried the quoted names of the columns that are carried value for value
   */
  static String text(TableLayout layout, String copy, List<String> carried, int rows) {
    int parameters = layout.hasSize() ? 5 : 6;
    String row = "(?" + ", ?".repeat(parameters - 1) + ")";
    StringBuilder pointers = new StringBuilder();
    for (int i = 1; i < parameters; i++) {
      pointers.append(", v.column").append(i);
    }
    return "INSERT OR ABORT INTO "
        + copy
        + " ("
        + String.join(", ", carried)
        + ", content, content_compressed"
        + (layout.hasSize() ? "" : ", content_size")
        + ", content_segment, content_offset, content_length, content_crc32c) SELECT "
        + carried.stream().map(name -> "m." + name).collect(Collectors.joining(", "))
        + ", NULL, 1"
        + pointers
        + " FROM (VALUES "
        + row
        + (", " + row).repeat(rows - 1)
        // The key column stands on the left, so that its own type and collation compare.
        + ") v CROSS JOIN "
        + quote(layout.table())
        + " m ON m."
        + quote(layout.keyColumn())
        + " = v.column"
        + parameters;
  }
}
