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
  private static final Map<String, String> EVENTS =
      new TreeMap<>(
          Map.of(
              "INSERT", "REFERENCING NEW TABLE AS whimbrel_new",
              "UPDATE", "REFERENCING OLD TABLE AS whimbrel_old NEW TABLE AS whimbrel_new",
              "DELETE", "REFERENCING OLD TABLE AS whimbrel_old",
              "TRUNCATE", ""));

  /** Triggers on one watched table. */
  static final int TRIGGERS_PER_TABLE = EVENTS.size();

  private CaptureSql() {}

  /** A watched table and its column that holds the memory's key. */
  record Watched(String table, String keyColumn) {}

  static List<Watched> watched(MemoriesTable table) {
    List<Watched> watched = new ArrayList<>();
    watched.add(new Watched(TableLayout.TABLE, table.layout().keyColumn()));
    if (table.layout().hasChunks()) {
      watched.add(new Watched(TableLayout.CHUNKS_TABLE, "memory_id"));
    }
    return watched;
  }

  static List<String> install(MemoriesTable table) {
    List<String> statements = new ArrayList<>();
    statements.add(
        "CREATE TABLE IF NOT EXISTS "
            + table.qualified(LOG)
            + " (change_id bigint GENERATED ALWAYS AS IDENTITY, memory_key text)");
    for (Watched watched : watched(table)) {
      String function = table.qualified(FUNCTION + watched.table()) + "()";
      statements.add(function(table, function, Quoting.identifier(watched.keyColumn())));
      statements.add("REVOKE ALL ON FUNCTION " + function + " FROM PUBLIC");
      EVENTS.forEach(
          (event, transition) -> {
            String trigger = TRIGGER + event.toLowerCase(Locale.ROOT);
            String on = table.qualified(watched.table());
            statements.add(
                "CREATE OR REPLACE TRIGGER "
                    + trigger
                    + " AFTER "
                    + event
                    + " ON "
                    + on
                    + " "
                    + transition
                    + " FOR EACH STATEMENT EXECUTE FUNCTION "
                    + function);
            statements.add("ALTER TABLE " + on + " ENABLE ALWAYS TRIGGER " + trigger);
          });
    }
    return statements;
  }

  private static String function(MemoriesTable table, String function, String key) {
    String insert = "INSERT INTO " + table.qualified(LOG) + " (memory_key) ";
    return Quoting.fill(
        """
    CREATE OR REPLACE FUNCTION %1$s RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS $whimbrel$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        %2$s SELECT n.%3$s::text FROM whimbrel_new n;
      ELSIF TG_OP = 'UPDATE' THEN
        %2$s SELECT n.%3$s::text FROM whimbrel_new n
          UNION SELECT o.%3$s::text FROM whimbrel_old o;
      ELSIF TG_OP = 'DELETE' THEN
        %2$s SELECT o.%3$s::text FROM whimbrel_old o;
      ELSE
        %2$s VALUES (NULL);
      END IF;
      RETURN NULL;
    END $whimbrel$""",
        function, insert, key);
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
            .map(watched -> Quoting.literal(table.qualified(watched.table())) + "::regclass")
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
}
