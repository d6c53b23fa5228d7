// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** What an inspection tells people: facts, and warnings about what works but deserves a word. */
final class InspectionTexts {

  private static final List<String> FACTS =
      List.of(
          "SELECT 'server: PostgreSQL ' || current_setting('server_version')",
          "SELECT format('key: %s of type %s', a.attname, format_type(a.atttypid, a.atttypmod))"
              + " FROM pg_attribute a WHERE a.attrelid = :table AND a.attname = :key",
          "SELECT 'index: ' || pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = :table"
              + " ORDER BY 1",
          "SELECT format('foreign key: %s of %s: %s', conname, conrelid::regclass,"
              + " pg_get_constraintdef(oid)) FROM pg_constraint WHERE contype = 'f'"
              + " AND (conrelid = :table OR confrelid = :table) ORDER BY 1",
          "SELECT 'trigger: ' || tgname FROM pg_trigger WHERE tgrelid = :table"
              + " AND NOT tgisinternal AND NOT starts_with(tgname, 'whimbrel_') ORDER BY 1",
          "SELECT DISTINCT 'view: ' || v.oid::regclass FROM pg_depend d"
              + " JOIN pg_rewrite w ON w.oid = d.objid JOIN pg_class v ON v.oid = w.ev_class"
              + " WHERE d.classid = 'pg_rewrite'::regclass"
              + " AND d.refclassid = 'pg_class'::regclass AND d.refobjid = :table ORDER BY 1",
          "SELECT format('sequence: %s for %s', pg_get_serial_sequence(:table::regclass::text,"
              + " attname), attname) FROM pg_attribute WHERE attrelid = :table AND attnum > 0"
              + " AND NOT attisdropped"
              + " AND pg_get_serial_sequence(:table::regclass::text, attname) IS NOT NULL",
          "SELECT 'publication: ' || p.pubname FROM pg_publication_rel r"
              + " JOIN pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = :table ORDER BY 1",
          "SELECT 'grants: ' || relacl::text FROM pg_class WHERE oid = :table"
              + " AND relacl IS NOT NULL");

  private static final List<String> WARNINGS =
      List.of(
          "SELECT DISTINCT format('the view %s reads content and will show NULL for packed"
              + " memories', v.oid::regclass) FROM pg_depend d"
              + " JOIN pg_rewrite w ON w.oid = d.objid JOIN pg_class v ON v.oid = w.ev_class"
              + " JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
              + " WHERE d.classid = 'pg_rewrite'::regclass"
              + " AND d.refclassid = 'pg_class'::regclass AND d.refobjid = :table"
              + " AND a.attname = 'content'",
          "SELECT format('the index %s is invalid and will not be carried over',"
              + " indexrelid::regclass) FROM pg_index WHERE indrelid = :table AND NOT indisvalid",
          "SELECT format('the constraint %s is not validated and stays so', conname)"
              + " FROM pg_constraint WHERE (conrelid = :table OR confrelid = :table)"
              + " AND NOT convalidated",
          "SELECT 'applications that insert rows by position, or that prepared SELECT *, will"
              + " notice the added columns' WHERE NOT :pointers",
          "SELECT format('the publication %s is carried over, but not the segments: before the swap"
              + " its subscribers need a content that may be NULL and, unless it lists columns, the"
              + " added ones, or they stop at the next change', p.pubname) FROM pg_publication_rel"
              + " r JOIN pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = :table AND NOT"
              + " :pointers",
          "SELECT format('%I does not see what sessions of other roles do: transactions older than"
              + " the copy, lock waits and replicas are then not noticed; GRANT pg_monitor TO %I"
              + " mends that', current_user, current_user)"
              + " WHERE NOT pg_has_role('pg_read_all_stats', 'USAGE')",
          "SELECT format('the database encoding is %s, so text is not checked by the server',"
              + " pg_encoding_to_char(encoding)) FROM pg_database"
              + " WHERE datname = current_database() AND encoding = 0");

  private InspectionTexts() {}

  static List<String> facts(Connection connection, MemoriesTable table) throws SQLException {
    return texts(connection, table, FACTS);
  }

  static List<String> warnings(Connection connection, MemoriesTable table) throws SQLException {
    return texts(connection, table, WARNINGS);
  }

  private static List<String> texts(
      Connection connection, MemoriesTable table, List<String> queries) throws SQLException {
    List<String> texts = new ArrayList<>();
    for (String query : queries) {
      texts.addAll(
          Catalog.texts(
              connection,
              query
                  .replace(":table", table.oid() + "::oid")
                  .replace(":key", Quoting.literal(table.layout().keyColumn()))
                  .replace(":pointers", Boolean.toString(table.layout().hasPointers()))));
    }
    return texts;
  }
}
