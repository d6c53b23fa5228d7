// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * What a migration cannot carry over. Each check is a query for the names of what stands in the
 * way; the first that finds something refuses the store.
 */
final class Refusals {

  /**
   * One check.
   *
   * @param message with one %s for the names found
   * @param query uses :table, :content (its column number) and :schema
   */
  private record Check(String message, String query) {}

  private static final String RELATION =
      """
      SELECT CASE
        WHEN c.relkind = 'p' THEN 'a partitioned table'
        WHEN c.relkind = 'v' THEN 'a view'
        WHEN c.relkind = 'm' THEN 'a materialized view'
        WHEN c.relkind = 'f' THEN 'a foreign table'
        WHEN c.relkind <> 'r' THEN 'not a table'
        WHEN c.relpersistence = 't' THEN 'a temporary table'
        WHEN c.relispartition THEN 'a partition of another table'
        WHEN c.reloftype <> 0 THEN 'a table of a composite type'
        WHEN EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid OR inhparent = c.oid)
          THEN 'a table with inheritance'
        WHEN EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid
          AND deptype = 'e') THEN 'a part of an extension'
        END
      FROM pg_class c WHERE c.oid = :table\
      """;

  private static final List<Check> BEFORE_COLUMNS =
      List.of(
          new Check("the table memories is %s; that cannot be migrated", RELATION),
          new Check(
              "the server is a standby in recovery%s: connect to the primary",
              "SELECT '' WHERE pg_is_in_recovery()"));

  private static final List<Check> CHECKS =
      List.of(
          new Check(
              "the table memories has row security (%s): hidden rows would be lost, and segments"
                  + " have no policies",
              """
              SELECT 'enabled' FROM pg_class WHERE oid = :table
                AND (relrowsecurity OR relforcerowsecurity)
              UNION ALL SELECT polname FROM pg_policy WHERE polrelid = :table\
              """),
          new Check(
              "the publication %s covers every table: a new table in it stops its subscribers",
              "SELECT pubname FROM pg_publication WHERE puballtables"),
          new Check(
              "the table memories is filled by a subscription%s; it would lose its source",
              "SELECT '' FROM pg_subscription_rel WHERE srrelid = :table"),
          new Check(
              "rules name the table memories and cannot be carried over: %s",
              """
              SELECT DISTINCT w.rulename::text FROM pg_rewrite w
              LEFT JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
              WHERE w.rulename <> '_RETURN' AND (w.ev_class = :table
                OR d.refclassid = 'pg_class'::regclass AND d.refobjid = :table)\
              """),
          new Check(
              "materialized views on memories cannot be carried over: %s",
              """
              SELECT DISTINCT v.oid::regclass::text FROM pg_depend d
              JOIN pg_rewrite w ON w.oid = d.objid JOIN pg_class v ON v.oid = w.ev_class
              WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
                AND d.refobjid = :table AND v.relkind = 'm'\
              """),
          new Check(
              "functions are bound to the table memories itself (BEGIN ATOMIC): %s",
              """
              SELECT DISTINCT d.objid::regprocedure::text FROM pg_depend d
              WHERE d.classid = 'pg_proc'::regclass AND d.refclassid = 'pg_class'::regclass
                AND d.refobjid = :table\
              """),
          new Check(
              "something uses the row type of memories, which would stay with the old table: %s",
              """
              SELECT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_depend d
              JOIN pg_type t ON t.typrelid = :table
              WHERE d.refclassid = 'pg_type'::regclass AND d.refobjid IN (t.oid, t.typarray)
                AND d.deptype IN ('n', 'a') AND NOT (d.classid = 'pg_class'::regclass
                  AND d.objid = :table)\
              """),
          new Check(
              "indexes or unique constraints read the column content, which becomes NULL: %s",
              """
              SELECT DISTINCT i.indexrelid::regclass::text FROM pg_index i
              LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid AND k.conrelid = :table
              JOIN pg_depend d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = :table
                AND d.refobjsubid = :content AND (d.classid = 'pg_class'::regclass
                  AND d.objid = i.indexrelid OR d.classid = 'pg_constraint'::regclass
                  AND d.objid = k.oid)
              WHERE i.indrelid = :table
              UNION ALL
              SELECT i.indexrelid::regclass::text FROM pg_index i WHERE i.indrelid = :table
                AND concat(i.indexprs, i.indpred) ~ ':varattno 0 '\
              """),
          new Check(
              "constraints read the columns content or content_compressed, which change: %s",
              """
              SELECT k.conname::text FROM pg_constraint k
              JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
              WHERE k.conrelid = :table AND (k.contype = 'c'
                AND a.attname IN ('content', 'content_compressed')
                OR k.contype = 'f' AND a.attname = 'content')
              UNION ALL
              SELECT k.conname::text FROM pg_constraint k WHERE k.conrelid = :table
                AND k.contype = 'c' AND k.conbin::text ~ ':varattno 0 '\
              """),
          new Check(
              "generated columns read the column content, which becomes NULL: %s",
              """
              SELECT a.attname::text FROM pg_attribute a
              JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
              WHERE a.attrelid = :table AND a.attgenerated <> ''
                AND pg_get_expr(d.adbin, d.adrelid) ~ '\\mcontent\\M'\
              """),
          new Check(
              "triggers read the column content, which becomes NULL: %s",
              """
              SELECT g.tgname::text FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
              WHERE g.tgrelid = :table AND NOT g.tgisinternal
                AND NOT starts_with(g.tgname, 'whimbrel_')
                AND (pg_get_triggerdef(g.oid) ~ '\\mcontent\\M' OR p.prosrc ~ '\\mcontent\\M')\
              """),
          new Check(
              "columns are of types that have no binary form: %s",
              """
              SELECT a.attname::text FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
              LEFT JOIN pg_type e ON e.oid = CASE WHEN t.typelem <> 0 AND t.typlen = -1
                THEN t.typelem WHEN t.typtype = 'd' THEN t.typbasetype END
              WHERE a.attrelid = :table AND a.attnum > 0 AND NOT a.attisdropped
                AND a.attgenerated = '' AND (t.typsend = 0 OR t.typreceive = 0 OR e.typsend = 0
                  OR e.typreceive = 0)\
              """),
          new Check(
              "the table memories has %s columns; rows of more than 800 cannot be compared with"
                  + " their copies",
              """
              SELECT count(*)::text FROM pg_attribute
              WHERE attrelid = :table AND attnum > 0 AND NOT attisdropped
              HAVING count(*) > 800\
              """),
          new Check(
              "a foreign key joins memories with a partitioned table, which cannot be exchanged:"
                  + " %s",
              """
              SELECT k.conname::text FROM pg_constraint k
              JOIN pg_class o ON o.oid IN (k.conrelid, k.confrelid) AND o.relkind = 'p'
              WHERE k.contype = 'f' AND (k.conrelid = :table OR k.confrelid = :table)\
              """),
          new Check(
              "the table memories has security labels (%s), which are not carried over",
              "SELECT provider FROM pg_seclabel WHERE objoid = :table"));

  /** On a table in the new format, rows are packed by updates. */
  private static final Check IN_PLACE =
      new Check(
          "rows are packed in place by updates, and these triggers would fire on them: %s",
          """
          SELECT g.tgname::text FROM pg_trigger g WHERE g.tgrelid = :table AND NOT g.tgisinternal
            AND g.tgenabled <> 'D' AND NOT starts_with(g.tgname, 'whimbrel_')
            AND g.tgtype::integer & 16 <> 0\
          """);

  /** What publications can do from version 15 on. */
  private static final List<Check> PUBLICATIONS =
      List.of(
          new Check(
              "the publication %s covers the whole schema: a new table in it stops its subscribers",
              """
              SELECT p.pubname FROM pg_publication_namespace n
              JOIN pg_publication p ON p.oid = n.pnpubid WHERE n.pnnspid = :schema::regnamespace\
              """),
          new Check(
              "publications choose rows by the column content, which becomes NULL: %s",
              """
              SELECT p.pubname FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
              WHERE r.prrelid = :table AND pg_get_expr(r.prqual, r.prrelid) ~ '\\mcontent\\M'\
              """),
          new Check(
              "publications list columns of memories, whose replica identity is all columns: with"
                  + " the added ones, updates would fail: %s",
              """
              SELECT p.pubname FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
              JOIN pg_class c ON c.oid = r.prrelid
              WHERE r.prrelid = :table AND r.prattrs IS NOT NULL AND c.relreplident = 'f'\
              """));

  private Refusals() {}

  /** Checks that the relation is a plain table at all, before its columns are read. */
  static void checkRelation(Connection connection, String qualifiedTable) throws SQLException {
    for (Check check : BEFORE_COLUMNS) {
      refuseIfFound(
          connection,
          check,
          check.query().replace(":table", "to_regclass(" + Quoting.literal(qualifiedTable) + ")"));
    }
  }

  static void checkAll(Connection connection, MemoriesTable table, int serverMajor)
      throws SQLException {
    for (Check check : CHECKS) {
      refuseIfFound(connection, check, bind(check, table));
    }
    refuseUnreadableChunks(connection, table);
    if (serverMajor >= 15) {
      for (Check check : PUBLICATIONS) {
        refuseIfFound(connection, check, bind(check, table));
      }
    }
    if (table.layout().hasPointers()) {
      refuseIfFound(connection, IN_PLACE, bind(IN_PLACE, table));
    }
  }

  // Without its chunks a chunked memory would be taken for an empty one.
  private static void refuseUnreadableChunks(Connection connection, MemoriesTable table)
      throws SQLException {
    if (table.layout().hasChunks()
        || table.flagType() == null
        || !Catalog.exists(connection, table.qualified(TableLayout.CHUNKS_TABLE))) {
      return;
    }
    long chunked =
        Catalog.number(
            connection,
            "SELECT count(*) FROM "
                + table.qualified()
                + " m WHERE m.content = '' AND "
                + table.flagged("m"));
    if (chunked > 0) {
      throw new StoreRefusedException(
          chunked
              + " memories are kept in memory_chunks, which cannot be read: it needs memory_id of"
              + " the key's type, an integer chunk_index, and chunk_data of a character type");
    }
  }

  private static String bind(Check check, MemoriesTable table) {
    return check
        .query()
        .replace(":table", table.oid() + "::oid")
        .replace(":schema", Quoting.literal(table.schema()))
        .replace(
            ":content",
            "(SELECT attnum FROM pg_attribute WHERE attname = 'content' AND attrelid = "
                + table.oid()
                + ")");
  }

  private static void refuseIfFound(Connection connection, Check check, String query)
      throws SQLException {
    List<String> names = Catalog.texts(connection, query);
    if (!names.isEmpty()) {
      throw new StoreRefusedException(Quoting.fill(check.message(), String.join(", ", names)));
    }
  }
}
