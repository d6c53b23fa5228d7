// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.testing;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every table of the application as ordered rows of text, so that a test can end by comparing all
 * of them. Tables of a migration's own are left out.
 */
public final class TableSnapshots {

  private static final String OWN_SCHEMA = "n.nspname !~ '^(pg_|information_schema|whimbrel_m)'";
  private static final String OWN_RELATION =
      "c.relname !~ '^(whimbrel_|memory_segments|memory_dictionaries)'";

  private static final String SCHEMAS_AND_PUBLICATIONS =
      "SELECT 'schema ' || n.nspname FROM pg_namespace n WHERE n.nspname !~ '^pg_' UNION ALL"
          + " SELECT format('publication %s of %s', p.pubname, r.prrelid::regclass) FROM"
          + " pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid";

  private TableSnapshots() {}

  /** Rows by table, all columns, ordered by their text. */
  public static Map<String, List<String>> ofPostgres(Connection connection) throws SQLException {
    Map<String, List<String>> tables = new TreeMap<>();
    for (String table :
        texts(
            connection,
            "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON"
                + " n.oid = c.relnamespace WHERE c.relkind = 'r' AND "
                + OWN_SCHEMA
                + " AND "
                + OWN_RELATION)) {
      tables.put(table, texts(connection, "SELECT t::text FROM " + table + " t ORDER BY 1"));
    }
    return tables;
  }

  /** As {@link #ofPostgres(Connection)}, but of the memories these columns only. */
  public static Map<String, List<String>> ofPostgres(
      Connection connection, List<String> memoriesColumns) throws SQLException {
    Map<String, List<String>> tables = ofPostgres(connection);
    String columns =
        memoriesColumns.stream()
            .map(name -> '"' + name.replace("\"", "\"\"") + '"')
            .collect(Collectors.joining(", "));
    for (String table : List.copyOf(tables.keySet())) {
      if (table.endsWith(".memories")) {
        tables.put(
            table,
            texts(connection, "SELECT ROW(" + columns + ")::text FROM " + table + " ORDER BY 1"));
      }
    }
    return tables;
  }

  /** The definition of everything of the application's, in words that hold no object ids. */
  public static List<String> definitionsOfPostgres(Connection connection) throws SQLException {
    List<String> definitions = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      statement.execute("SET search_path = pg_catalog");
    }
    String relations =
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
            + OWN_SCHEMA
            + " AND "
            + OWN_RELATION;
    for (String query :
        List.of(
            SCHEMAS_AND_PUBLICATIONS,
            "SELECT format('relation %s %s %s %s %s %s %s %s', c.oid::regclass, c.relkind,"
                + " pg_get_userbyid(c.relowner), c.relacl, c.reloptions, c.relpersistence,"
                + " c.relreplident, obj_description(c.oid, 'pg_class'))"
                + relations,
            "SELECT format('column %s %s %s %s %s %s %s %s %s %s %s', c.oid::regclass, a.attname,"
                + " format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,"
                + " pg_get_expr(d.adbin, d.adrelid), a.attacl, a.attstattarget, a.attoptions,"
                + " a.attstorage, col_description(c.oid, a.attnum))"
                + " FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
                + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
                + " WHERE a.attnum > 0 AND NOT a.attisdropped AND "
                + OWN_SCHEMA
                + " AND "
                + OWN_RELATION,
            "SELECT format('constraint %s %s %s %s %s', k.conrelid::regclass, k.conname,"
                + " pg_get_constraintdef(k.oid), k.convalidated,"
                + " obj_description(k.oid, 'pg_constraint')) FROM pg_constraint k"
                + " JOIN pg_class c ON c.oid = k.conrelid"
                + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
                + OWN_SCHEMA
                + " AND "
                + OWN_RELATION,
            "SELECT format('index %s %s %s', pg_get_indexdef(i.indexrelid), i.indisclustered,"
                + " obj_description(i.indexrelid, 'pg_class')) FROM pg_index i"
                + " JOIN pg_class c ON c.oid = i.indrelid"
                + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
                + OWN_SCHEMA
                + " AND "
                + OWN_RELATION,
            "SELECT format('trigger %s %s %s', pg_get_triggerdef(g.oid), g.tgenabled,"
                + " obj_description(g.oid, 'pg_trigger')) FROM pg_trigger g"
                + " JOIN pg_class c ON c.oid = g.tgrelid"
                + " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT g.tgisinternal AND "
                + OWN_SCHEMA,
            "SELECT format('view %s %s %s', c.oid::regclass, c.reloptions, pg_get_viewdef(c.oid))"
                + relations
                + " AND c.relkind = 'v'",
            "SELECT format('statistics %s', pg_get_statisticsobjdef(x.oid)) FROM pg_statistic_ext x"
                + " JOIN pg_class c ON c.oid = x.stxrelid JOIN pg_namespace n ON"
                + " n.oid = c.relnamespace WHERE "
                + OWN_SCHEMA,
            "SELECT format('owned %s %s', d.objid::regclass, d.refobjid::regclass) FROM pg_depend d"
                + " JOIN pg_class c ON c.oid = d.objid AND c.relkind = 'S'"
                + " JOIN pg_namespace n ON n.oid = c.relnamespace"
                + " WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass"
                + " AND d.deptype IN ('a', 'i') AND "
                + OWN_SCHEMA
                + " AND "
                + OWN_RELATION,
            "SELECT 'function ' || p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON"
                + " n.oid = p.pronamespace WHERE "
                + OWN_SCHEMA)) {
      definitions.addAll(texts(connection, query));
    }
    definitions.sort(null);
    return definitions;
  }

  private static List<String> texts(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      List<String> texts = new ArrayList<>();
      while (row.next()) {
        texts.add(row.getString(1));
      }
      return texts;
    }
  }
}
