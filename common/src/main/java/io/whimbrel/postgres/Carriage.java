// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.TableLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a swap carries over under its lock: the few rows whose keys the log then holds. */
final class Carriage {

  /**
   * Statements for one direction.
   *
   * @param tooMuch queries that answer with a text when more was written than is carried
   * @param statements what carries, in order
   */
  record Load(List<String> tooMuch, List<String> statements) {
    Load {
      tooMuch = List.copyOf(tooMuch);
      statements = List.copyOf(statements);
    }
  }

  private final MemoriesTable table;
  private final long migrationId;
  private final String log;

  Carriage(MemoriesTable table, long migrationId) {
    this.table = table;
    this.migrationId = migrationId;
    this.log = table.qualified(CaptureSql.LOG);
  }

  /** Into the copy: as the legacy table has it, inline. Nothing is packed under the lock. */
  Load forward(int carriedMax) {
    String copy = MemoriesTable.copyTable(migrationId);
    List<String> columns = new ArrayList<>(table.layout().carriedColumns());
    columns.addAll(table.inlineColumns());
    String names = columns.stream().map(Quoting::identifier).collect(Collectors.joining(", "));
    boolean flagIsNew = !table.layout().hasFlag();
    return new Load(
        List.of(
            Quoting.fill(
                "SELECT 'the table was emptied meanwhile' FROM %s WHERE memory_key IS NULL"
                    + " LIMIT 1",
                log),
            tooManyKeys(carriedMax)),
        List.of(
            Quoting.fill(
                "DELETE FROM %s f WHERE f.migration_id = %d AND f.memory_key = ANY"
                    + " (ARRAY(SELECT memory_key FROM %s))",
                table.qualified("whimbrel_failures"), migrationId, log),
            Quoting.fill("DELETE FROM %s c WHERE %s", copy, table.keyAmong("c", logged())),
            Quoting.fill(
                "INSERT INTO %s (%s%s) OVERRIDING SYSTEM VALUE SELECT %s%s FROM %s m WHERE %s",
                copy,
                names,
                flagIsNew ? ", " + TableLayout.FLAG : "",
                MemoriesTable.columns("m", columns),
                flagIsNew ? ", false" : "",
                table.qualified(),
                table.keyAmong("m", logged())),
            "DELETE FROM " + log));
  }

  private String tooManyKeys(int carriedMax) {
    return Quoting.fill(
        "SELECT format('%%s memories were changed meanwhile, and at most %d are carried under the"
            + " lock', count(*)) FROM (%s) changed HAVING count(*) > %d",
        carriedMax, logged(), carriedMax);
  }

  private String logged() {
    return "SELECT DISTINCT memory_key FROM " + log;
  }
}
