// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Makes the empty copy: the original's definition in a schema of its own, under its own names. */
final class CopyDefinition {

  private final MemoriesTable table;
  private final String original;
  private final String copySchema;
  private final List<String> schemaNames;
  private final String schemas;
  private final String copy;

  CopyDefinition(MemoriesTable table, long migrationId) {
    this.table = table;
    this.original = table.oid() + "::oid";
    this.copySchema = MemoriesTable.copySchema(migrationId);
    this.copy = MemoriesTable.copyTable(migrationId);
    this.schemaNames = List.of(copySchema, MemoriesTable.legacySchema(migrationId));
    this.schemas = schemaNames.stream().map(Quoting::literal).collect(Collectors.joining(", "));
  }

  /** One transaction: where the table exists afterwards, all of it does. */
  void create(Connection connection) throws SQLException {
    if (Catalog.exists(connection, copy)) {
      return;
    }
    Catalog.execute(connection, Catalog.QUALIFY_NAMES);
    // Both places are made now, so that the swap itself only moves tables.
    for (String schema : schemaNames) {
      if (CopySchemas.isForeign(connection, table, schema)) {
        throw new StoreRefusedException("the schema " + schema + " is another store's");
      }
    }
    run(connection, SCHEMAS.replace(":remark", Quoting.literal(CopySchemas.remark(table))));
    run(connection, PLACE);
    run(connection, TABLE.replace(":original_name", Quoting.literal(table.qualified())));
    run(connection, IDENTITY_NAMES);
    Catalog.execute(connection, "ALTER TABLE " + copy + " ALTER COLUMN content DROP NOT NULL");
    run(connection, UNVALIDATED_CONSTRAINTS);
    Catalog.execute(connection, addedColumns());
    IndexCopier indexes = new IndexCopier(table, copySchema);
    indexes.copyKey(connection);
    run(connection, COLUMN_SETTINGS);
    run(connection, TABLE_SETTINGS);
    run(connection, COMMENT);
    Catalog.execute(connection, rights(connection));
  }

  private void run(Connection connection, String generator) throws SQLException {
    Catalog.execute(connection, Catalog.texts(connection, bind(generator)));
  }

  private String bind(String generator) {
    return generator
        .replace(":original", original)
        .replace(":copy", Quoting.literal(copy))
        .replace(":schemas", schemas);
  }

  private String addedColumns() {
    List<String> added = new ArrayList<>();
    if (!table.layout().hasFlag()) {
      added.add(TableLayout.FLAG + " boolean");
    }
    if (!table.layout().hasSize()) {
      added.add(TableLayout.SIZE + " integer");
    }
    added.add(TableLayout.SEGMENT + " bigint");
    added.add(TableLayout.OFFSET + " integer");
    added.add(TableLayout.LENGTH + " integer");
    added.add(TableLayout.CRC32C + " integer");
    return "ALTER TABLE " + copy + " ADD COLUMN " + String.join(", ADD COLUMN ", added);
  }

  // Default privileges may have granted more than the original has: take all away first.
  private List<String> rights(Connection connection) throws SQLException {
    List<String> statements = new ArrayList<>();
    statements.addAll(Catalog.texts(connection, bind(OWNER)));
    statements.addAll(Catalog.texts(connection, bind(REVOKES)));
    statements.addAll(Catalog.texts(connection, bind(GRANTS)));
    statements.addAll(Catalog.texts(connection, bind(COLUMN_GRANTS)));
    return statements;
  }

  private static final String SCHEMAS =
      """
      SELECT format('CREATE SCHEMA IF NOT EXISTS %I AUTHORIZATION %I', s, pg_get_userbyid(relowner))
      FROM pg_class, unnest(ARRAY[:schemas]) s WHERE oid = :original
      UNION ALL
      SELECT format('COMMENT ON SCHEMA %I IS %L', s, :remark) FROM unnest(ARRAY[:schemas]) s""";

  private static final String PLACE =
      """
      SELECT format('SET LOCAL default_tablespace = %L', coalesce(t.spcname, ''))
      FROM pg_class c LEFT JOIN pg_tablespace t ON t.oid = c.reltablespace WHERE c.oid = :original
      UNION ALL
      SELECT format('SET LOCAL default_table_access_method = %I', m.amname)
      FROM pg_class c JOIN pg_am m ON m.oid = c.relam WHERE c.oid = :original""";

  private static final String TABLE =
      """
      SELECT format('CREATE %s TABLE %s (LIKE %s INCLUDING DEFAULTS INCLUDING GENERATED
        INCLUDING IDENTITY INCLUDING STORAGE INCLUDING COMPRESSION INCLUDING COMMENTS
        INCLUDING CONSTRAINTS)', CASE relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE '' END, :copy,
        :original_name)
      FROM pg_class WHERE oid = :original""";

  /** The copy's own identity sequences get the names, rights and remarks of the original's. */
  private static final String IDENTITY_NAMES =
      """
      WITH pair AS (
        SELECT o.oid AS old, o.relname, n.oid AS new, n.oid::regclass::text AS new_name,
          n.relname AS new_relname, n.relnamespace::regnamespace::text AS new_schema,
          o.relacl, o.relowner
        FROM pg_attribute a
        JOIN pg_class o ON o.oid = pg_get_serial_sequence(:original::regclass::text,
          a.attname)::regclass
        JOIN pg_class n ON n.oid = pg_get_serial_sequence(:copy, a.attname)::regclass
        WHERE a.attrelid = :original AND a.attidentity <> '' AND NOT a.attisdropped)
      SELECT format('ALTER SEQUENCE %s RENAME TO %I', new_name, relname) FROM pair
      WHERE new_relname <> relname
      UNION ALL
      SELECT format('COMMENT ON SEQUENCE %s.%I IS %L', new_schema, relname,
        obj_description(old, 'pg_class'))
      FROM pair WHERE obj_description(old, 'pg_class') IS NOT NULL
      UNION ALL
      SELECT format('GRANT %s ON SEQUENCE %s.%I TO %s', g.privilege_type, new_schema, relname,
        CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)
      FROM pair, aclexplode(relacl) g WHERE g.grantee <> relowner""";

  /** Old rows may break them: the swap adds them again, still not validated. */
  private static final String UNVALIDATED_CONSTRAINTS =
      """
      SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I', :copy, conname)
      FROM pg_constraint WHERE conrelid = :original AND contype IN ('c', 'n')
        AND NOT convalidated""";

  private static final String COLUMN_SETTINGS =
      """
      SELECT format('ALTER TABLE %s ALTER COLUMN %I SET STATISTICS %s', :copy, attname,
        attstattarget)
      FROM pg_attribute WHERE attrelid = :original AND attnum > 0 AND NOT attisdropped
        AND attstattarget >= 0
      UNION ALL
      SELECT format('ALTER TABLE %s ALTER COLUMN %I SET (%s)', :copy, attname,
        array_to_string(attoptions, ', '))
      FROM pg_attribute WHERE attrelid = :original AND attnum > 0 AND NOT attisdropped
        AND attoptions IS NOT NULL""";

  private static final String TABLE_SETTINGS =
      """
      SELECT format('ALTER TABLE %s SET (%s)', :copy, array_to_string(reloptions, ', '))
      FROM pg_class WHERE oid = :original AND reloptions IS NOT NULL
      UNION ALL
      SELECT format('ALTER TABLE %s SET (toast.%s)', :copy,
        array_to_string(t.reloptions, ', toast.'))
      FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid
      WHERE c.oid = :original AND t.reloptions IS NOT NULL
      UNION ALL
      SELECT format('ALTER TABLE %s REPLICA IDENTITY %s', :copy,
        CASE relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END)
      FROM pg_class WHERE oid = :original AND relreplident IN ('f', 'n')""";

  private static final String COMMENT =
      """
      SELECT format('COMMENT ON TABLE %s IS %L', :copy, d)
      FROM obj_description(:original, 'pg_class') d WHERE d IS NOT NULL""";

  private static final String OWNER =
      """
      SELECT format('ALTER TABLE %s OWNER TO %I', :copy, pg_get_userbyid(o.relowner))
      FROM pg_class o, pg_class c
      WHERE o.oid = :original AND c.oid = :copy::regclass AND c.relowner <> o.relowner""";

  private static final String REVOKES =
      """
      SELECT DISTINCT format('REVOKE ALL ON %s FROM %s', :copy,
        CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END)
      FROM pg_class c, aclexplode(c.relacl) g
      WHERE c.oid = :copy::regclass AND g.grantee <> c.relowner""";

  private static final String GRANTS =
      """
      SELECT format('GRANT %s ON %s TO %s%s', g.privilege_type, :copy,
        CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
        CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      FROM pg_class c, aclexplode(c.relacl) g
      WHERE c.oid = :original AND g.grantee <> c.relowner""";

  private static final String COLUMN_GRANTS =
      """
      SELECT format('GRANT %s (%I) ON %s TO %s%s', g.privilege_type, a.attname, :copy,
        CASE WHEN g.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(g.grantee)) END,
        CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      FROM pg_attribute a, aclexplode(a.attacl) g
      WHERE a.attrelid = :original AND a.attnum > 0 AND NOT a.attisdropped""";
}
