// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

/**
 * The digest of a table's definition and of all that hangs on it, as one SQL expression: the same
 * text is evaluated at the snapshot and under the lock of the swap. Needs {@link
 * Catalog#QUALIFY_NAMES} in force. Whether a constraint is validated is left out, because a
 * validation is no change of meaning.
 */
final class FingerprintSql {

  private static final String LINES =
      """
      SELECT format('table %L %L %L %L %L %L %L %L %L', c.relkind, c.relpersistence,
        pg_get_userbyid(c.relowner), c.relrowsecurity, c.relforcerowsecurity, c.relreplident,
        c.reloptions, c.relacl, obj_description(c.oid, 'pg_class')) AS line
      FROM pg_class c WHERE c.oid = :table
      UNION ALL
      SELECT format('place %L %L', s.spcname, t.reloptions) FROM pg_class c
      LEFT JOIN pg_class t ON t.oid = c.reltoastrelid
      LEFT JOIN pg_tablespace s ON s.oid = c.reltablespace WHERE c.oid = :table
      UNION ALL
      SELECT format('column %s %L %L %L %L %L %L %L %L %L %L %L %L',
        row_number() OVER (ORDER BY a.attnum), a.attname, format_type(a.atttypid, a.atttypmod),
        a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid), o.collname,
        a.attstorage, nullif(a.attstattarget, -1), a.attacl, a.attoptions,
        col_description(a.attrelid, a.attnum))
      FROM pg_attribute a
      LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      LEFT JOIN pg_collation o ON o.oid = a.attcollation
      WHERE a.attrelid = :table AND a.attnum > 0 AND NOT a.attisdropped
      UNION ALL
      SELECT format('constraint %s %L %L', k.conrelid::regclass, k.conname,
        regexp_replace(pg_get_constraintdef(k.oid), ' NOT VALID$', ''))
      FROM pg_constraint k WHERE k.conrelid = :table OR k.confrelid = :table
      UNION ALL
      SELECT format('index %L %L %L', pg_get_indexdef(i.indexrelid), i.indisclustered,
        i.indisreplident)
      FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
      WHERE i.indrelid = :table AND NOT starts_with(x.relname, 'whimbrel_')
      UNION ALL
      SELECT format('trigger %L %L', pg_get_triggerdef(g.oid), g.tgenabled) FROM pg_trigger g
      WHERE g.tgrelid = :table AND NOT g.tgisinternal AND NOT starts_with(g.tgname, 'whimbrel_')
      UNION ALL
      SELECT format('rule %L', pg_get_ruledef(r.oid)) FROM pg_rewrite r WHERE r.ev_class = :table
      UNION ALL
      SELECT format('policy %L %L', p.polname, p.polcmd) FROM pg_policy p
      WHERE p.polrelid = :table
      UNION ALL
      SELECT DISTINCT format('view %s %L %L %L', v.oid::regclass, v.relkind, v.reloptions,
        pg_get_viewdef(v.oid))
      FROM pg_depend d JOIN pg_rewrite w ON w.oid = d.objid JOIN pg_class v ON v.oid = w.ev_class
      WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
        AND d.refobjid = :table AND v.oid <> :table AND v.relkind IN ('v', 'm')
      UNION ALL
      SELECT format('statistics %L', pg_get_statisticsobjdef(x.oid)) FROM pg_statistic_ext x
      WHERE x.stxrelid = :table
      UNION ALL
      SELECT format('publication %L %L %L', p.pubname, to_jsonb(r) -> 'prattrs',
        regexp_replace(to_jsonb(r) ->> 'prqual', ':location -?[0-9]+', '', 'g'))
      FROM pg_publication_rel r
      JOIN pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = :table
      UNION ALL
      SELECT format('inherits %s %s', h.inhrelid::regclass, h.inhparent::regclass)
      FROM pg_inherits h WHERE h.inhrelid = :table OR h.inhparent = :table\
      """;

  private FingerprintSql() {}

  /**
   * @param qualifiedTable the table's quoted name with its schema
   */
  static String expression(String qualifiedTable) {
    return "(SELECT encode(sha256(convert_to(string_agg(line, E'\\n' ORDER BY line COLLATE \"C\"),"
        + " 'UTF8')), 'hex') FROM ("
        + LINES.replace(":table", Quoting.literal(qualifiedTable) + "::regclass")
        + ") AS definition)";
  }
}
