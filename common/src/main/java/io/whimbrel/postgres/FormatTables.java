// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The tables of segments and dictionaries beside the memories, and the small table in which a swap
 * leaves what remains to be done. Only roles that can read every content may read segments.
 */
final class FormatTables {

  static final String SWAP_STEPS = "whimbrel_swap";

  private static final List<String> TABLES =
      List.of(TableLayout.SEGMENTS_TABLE, TableLayout.DICTIONARIES_TABLE);

  private FormatTables() {}

  static void create(Connection connection, MemoriesTable table) throws SQLException {
    String segments = table.qualified(TableLayout.SEGMENTS_TABLE);
    String dictionaries = table.qualified(TableLayout.DICTIONARIES_TABLE);
    boolean fresh = !Catalog.exists(connection, segments);
    Catalog.execute(
        connection,
        List.of(
            "CREATE TABLE IF NOT EXISTS "
                + segments
                + " (segment_id bigint PRIMARY KEY, dictionary_id integer, raw_size integer NOT"
                + " NULL, memory_count integer NOT NULL, body bytea NOT NULL)",
            "CREATE TABLE IF NOT EXISTS "
                + dictionaries
                + " (dictionary_id integer PRIMARY KEY, trained_on integer NOT NULL, created_at"
                + " timestamptz NOT NULL DEFAULT now(), body bytea NOT NULL)",
            // The bodies are compressed already; a second try would only cost time.
            "ALTER TABLE " + segments + " ALTER COLUMN body SET STORAGE EXTERNAL",
            "ALTER TABLE " + dictionaries + " ALTER COLUMN body SET STORAGE EXTERNAL",
            "CREATE TABLE IF NOT EXISTS "
                + table.qualified(SWAP_STEPS)
                + " (migration_id bigint NOT NULL, step text NOT NULL, statement_order bigint NOT"
                + " NULL, statement text NOT NULL)"));
    if (fresh) {
      Catalog.execute(connection, rights(connection, table));
    }
  }

  private static List<String> rights(Connection connection, MemoriesTable table)
      throws SQLException {
    List<String> statements = new ArrayList<>();
    for (String name : TABLES) {
      String target = Quoting.literal(table.qualified(name));
      for (String generator : List.of(OWNER, REVOKES, READERS)) {
        statements.addAll(
            Catalog.texts(
                connection,
                generator.replace(":target", target).replace(":original", table.oid() + "::oid")));
      }
    }
    return statements;
  }

  /** Strikes off what a swap noted, and its table with the last of it. */
  static void forgetSwap(Connection connection, String qualifier, long migrationId)
      throws SQLException {
    String steps = qualifier + SWAP_STEPS;
    if (Catalog.exists(connection, steps)) {
      Catalog.execute(connection, "DELETE FROM " + steps + " WHERE migration_id = " + migrationId);
      if (Catalog.number(connection, "SELECT count(*) FROM " + steps) == 0) {
        Catalog.execute(connection, "DROP TABLE " + steps);
      }
    }
  }

  static void drop(Connection connection, MemoriesTable table) throws SQLException {
    for (String name : TABLES) {
      Catalog.execute(connection, "DROP TABLE IF EXISTS " + table.qualified(name));
    }
  }

  private static final String OWNER =
      """
      SELECT format('ALTER TABLE %s OWNER TO %I', :target, pg_get_userbyid(o.relowner))
      FROM pg_class o, pg_class t
      WHERE o.oid = :original AND t.oid = :target::regclass AND t.relowner <> o.relowner""";

  // What default privileges gave to the tables that were made just now.
  private static final String REVOKES =
      """
      SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', :target,
        CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)
      FROM pg_class c, aclexplode(c.relacl) g
      WHERE c.oid = :target::regclass AND g.grantee <> c.relowner""";

  private static final String READERS =
      """
      SELECT DISTINCT format('GRANT SELECT ON %s TO %s', :target,
        CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)
      FROM (
        SELECT c.relowner, x.grantee FROM pg_class c, aclexplode(c.relacl) x
        WHERE c.oid = :original AND x.privilege_type = 'SELECT'
        UNION
        SELECT c.relowner, x.grantee FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'content',
          aclexplode(a.attacl) x
        WHERE c.oid = :original AND x.privilege_type = 'SELECT') g
      WHERE g.grantee <> g.relowner""";
}
