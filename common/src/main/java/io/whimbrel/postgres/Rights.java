// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The rights that a migration needs, looked up before it begins. */
final class Rights {

  private static final String MISSING =
      """
      SELECT format('the table %s belongs to %I: connect as its owner or as a superuser',
        c.oid::regclass, pg_get_userbyid(c.relowner))
      FROM pg_class c
      WHERE c.oid IN (:table, :chunks) AND NOT pg_has_role(c.relowner, 'USAGE')
      UNION ALL
      SELECT format('%I may not create schemas here: GRANT CREATE ON DATABASE %I TO %I',
        current_user, current_database(), current_user)
      WHERE NOT has_database_privilege(current_database(), 'CREATE')
      UNION ALL
      SELECT format('%I may not create temporary tables here: GRANT TEMPORARY ON DATABASE %I TO %I',
        current_user, current_database(), current_user)
      WHERE NOT has_database_privilege(current_database(), 'TEMPORARY')
      UNION ALL
      SELECT format('%I may not create tables here: GRANT CREATE ON SCHEMA %I TO %I',
        current_user, n.nspname, current_user)
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE c.oid = :table AND NOT has_schema_privilege(n.oid, 'CREATE')
      UNION ALL
      SELECT format('the foreign key %I must be moved, and its table %s belongs to %I', k.conname,
        k.conrelid::regclass, pg_get_userbyid(c.relowner))
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
      WHERE k.contype = 'f' AND k.confrelid = :table AND NOT pg_has_role(c.relowner, 'USAGE')
      UNION ALL
      SELECT format('the foreign key %I must be moved: GRANT REFERENCES, DELETE ON %s TO %I',
        k.conname, k.confrelid::regclass, current_user)
      FROM pg_constraint k
      WHERE k.contype = 'f' AND k.conrelid = :table
        AND NOT (has_table_privilege(k.confrelid, 'REFERENCES')
          AND has_table_privilege(k.confrelid, 'UPDATE, DELETE, TRUNCATE'))
      UNION ALL
      SELECT format('the publication %I must be changed, and it belongs to %I', p.pubname,
        pg_get_userbyid(p.pubowner))
      FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
      WHERE r.prrelid = :table AND NOT pg_has_role(p.pubowner, 'USAGE')
      UNION ALL
      SELECT DISTINCT format('the view %s must be made again, and it belongs to %I',
        v.oid::regclass, pg_get_userbyid(v.relowner))
      FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid JOIN pg_class v ON v.oid = w.ev_class
      WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
        AND d.refobjid = :table AND NOT pg_has_role(v.relowner, 'USAGE')\
      """;

  private Rights() {}

  static void check(Connection connection, MemoriesTable table) throws SQLException {
    String chunks =
        table.layout().hasChunks()
            ? Quoting.literal(table.qualified(TableLayout.CHUNKS_TABLE)) + "::regclass"
            : "NULL";
    List<String> missing =
        Catalog.texts(
            connection,
            MISSING.replace(":table", table.oid() + "::oid").replace(":chunks", chunks));
    if (!missing.isEmpty()) {
      throw new StoreRefusedException("rights are missing: " + String.join("; ", missing));
    }
  }
}
