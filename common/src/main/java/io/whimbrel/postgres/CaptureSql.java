// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.TableLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The text of the capture triggers. They run with their owner's rights, as the application has none
 * on the log, under a pinned search path, and ALWAYS, so that replicated changes are seen too.
 */
final class CaptureSql {

  static final String LOG = "whimbrel_changes";

  private static final String FUNCTION = "whimbrel_capture_";
  private static final String TRIGGER = "whimbrel_capture_";
  private static final Map<String, String> TRANSITIONS =
      new TreeMap<>(
          Map.of(
              "INSERT", "REFERENCING NEW TABLE AS whimbrel_new",
              "UPDATE", "REFERENCING OLD TABLE AS whimbrel_old NEW TABLE AS whimbrel_new",
              "DELETE", "REFERENCING OLD TABLE AS whimbrel_old",
              "TRUNCATE", ""));

  /** Triggers on one watched table. */
  static final int TRIGGERS_PER_TABLE = TRANSITIONS.size();

  private CaptureSql() {}

  /** The log, and triggers on the table as it is before a migration. */
  static List<String> install(MemoriesTable table) {
    List<String> statements = new ArrayList<>();
    statements.add(
        "CREATE TABLE IF NOT EXISTS "
            + table.qualified(LOG)
            + " (change_id bigint GENERATED ALWAYS AS IDENTITY, memory_key text,"
            + " content_changed boolean NOT NULL DEFAULT true)");
    statements.addAll(watch(table, TableLayout.TABLE, CaptureBodies.memories(table)));
    if (table.layout().hasChunks()) {
      statements.addAll(watch(table, TableLayout.CHUNKS_TABLE, CaptureBodies.chunks(table)));
    }
    return statements;
  }

  /** Triggers on the table that serves from a cut-over on; part of the swap. */
  static List<String> installAfterCutOver(MemoriesTable table, long migrationId) {
    List<String> statements = new ArrayList<>();
    statements.addAll(watch(table, TableLayout.TABLE, CaptureBodies.migrated(table, migrationId)));
    if (table.layout().hasChunks()) {
      statements.addAll(watch(table, TableLayout.CHUNKS_TABLE, CaptureBodies.chunks(table)));
    }
    return statements;
  }

  private static List<String> watch(MemoriesTable table, String watched, String body) {
    List<String> statements = new ArrayList<>();
    String function = table.qualified(FUNCTION + watched) + "()";
    String on = table.qualified(watched);
    statements.add(
        "CREATE OR REPLACE FUNCTION "
            + function
            + " RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
            + " SET search_path = pg_catalog, pg_temp AS "
            + Quoting.literal(body));
    statements.add("REVOKE ALL ON FUNCTION " + function + " FROM PUBLIC");
    TRANSITIONS.forEach(
        (event, transition) -> {
          String trigger = TRIGGER + event.toLowerCase(Locale.ROOT);
          // Which memories had chunks cannot be seen any more when they are gone.
          boolean before = event.equals("TRUNCATE") && watched.equals(TableLayout.CHUNKS_TABLE);
          statements.add(
              Quoting.fill(
                  "CREATE OR REPLACE TRIGGER %s %s %s ON %s %s FOR EACH STATEMENT"
                      + " EXECUTE FUNCTION %s",
                  trigger, before ? "BEFORE" : "AFTER", event, on, transition, function));
          statements.add("ALTER TABLE " + on + " ENABLE ALWAYS TRIGGER " + trigger);
        });
    return statements;
  }

  /** Drops functions with the triggers that use them, then the log. */
  static List<String> remove(String schema) {
    return List.of(
        dropFunction(schema, TableLayout.TABLE),
        dropFunction(schema, TableLayout.CHUNKS_TABLE),
        "DROP TABLE IF EXISTS " + schema + "." + LOG);
  }

  private static String dropFunction(String schema, String watched) {
    return "DROP FUNCTION IF EXISTS " + schema + "." + FUNCTION + watched + "() CASCADE";
  }

  /** A query for the number of capture triggers that fire whatever a session's role. */
  static String liveTriggers(MemoriesTable table) {
    List<String> tables =
        watched(table).stream()
            .map(watched -> Quoting.literal(table.qualified(watched)) + "::regclass")
            .toList();
    return "SELECT count(*) FROM pg_catalog.pg_trigger t WHERE t.tgrelid IN ("
        + String.join(", ", tables)
        + ") AND starts_with(t.tgname, '"
        + TRIGGER
        + "') AND NOT t.tgisinternal AND t.tgenabled = 'A'";
  }

  static int expectedTriggers(MemoriesTable table) {
    return watched(table).size() * TRIGGERS_PER_TABLE;
  }

  private static List<String> watched(MemoriesTable table) {
    return table.layout().hasChunks()
        ? List.of(TableLayout.TABLE, TableLayout.CHUNKS_TABLE)
        : List.of(TableLayout.TABLE);
  }
}
