-- SPDX-License-Identifier: Apache-2.0
-- Exchanges the table that serves with the one that stands ready, in one statement: no client
-- stands between the locks and the commit. Both directions of the swap run this text; names in
-- ${...} are replaced by literals. WB001: a check failed. WB002: a guarded update hit no row.
-- WB003: too much was written meanwhile to be carried over under the lock.
DO $whimbrel$
DECLARE
  serving_schema CONSTANT text := ${serving_schema};
  ready_schema CONSTANT text := ${ready_schema};
  retired_schema CONSTANT text := ${retired_schema};
  serving CONSTANT regclass := to_regclass(format('%I.memories', serving_schema));
  ready CONSTANT regclass := to_regclass(format('%I.memories', ready_schema));
  serving_name CONSTANT text := format('%I.memories', serving_schema);
  deadline CONSTANT timestamptz := clock_timestamp() + ${lock_millis} * interval '1 millisecond';
  before_move text[] := '{}';
  after_carry text[] := '{}';
  after_move text[] := '{}';
  validations text[] := '{}';
  target text;
  statement text;
  finding text;
  item record;
  hits bigint;
  last_value bigint;
  is_called boolean;
BEGIN
  PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
  IF current_setting('synchronous_commit') IN ('off', 'local') THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  IF serving IS NULL OR ready IS NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'WB001', MESSAGE =
      format('there is no table memories in schema %s',
        CASE WHEN serving IS NULL THEN serving_schema ELSE ready_schema END);
  END IF;

  -- Said before anybody is kept waiting, when it can be said already.
  FOREACH statement IN ARRAY ${too_much}::text[] LOOP
    EXECUTE statement INTO finding;
    IF finding IS NOT NULL THEN
      RAISE EXCEPTION USING ERRCODE = 'WB003', MESSAGE = finding;
    END IF;
  END LOOP;

  -- The table itself first: that is the order in which applications write. One budget for all:
  -- lock_timeout alone would begin anew with each wait.
  PERFORM set_config('lock_timeout', ${lock_millis}::text, true);
  EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', serving);
  FOR target IN
    SELECT other::regclass::text FROM (
      SELECT to_regclass(${chunks})::oid AS other, 0 AS place
      UNION
      SELECT CASE WHEN conrelid = serving THEN confrelid ELSE conrelid END, 1 FROM pg_constraint
      WHERE contype = 'f' AND (conrelid = serving OR confrelid = serving)
      UNION
      SELECT ready, 2) AS others
    WHERE other IS NOT NULL AND other <> serving
    GROUP BY other ORDER BY min(place), other::regclass::text
  LOOP
    PERFORM set_config('lock_timeout', greatest(1,
      floor(extract(epoch FROM deadline - clock_timestamp()) * 1000))::bigint::text, true);
    EXECUTE format('LOCK TABLE %s IN ACCESS EXCLUSIVE MODE', target);
  END LOOP;
  PERFORM set_config('lock_timeout', greatest(1,
    floor(extract(epoch FROM deadline - clock_timestamp()) * 1000))::bigint::text, true);
  IF to_regclass(serving_name) IS DISTINCT FROM serving THEN
    RAISE EXCEPTION USING ERRCODE = 'WB001', MESSAGE =
      'the table memories was replaced by somebody else while the swap waited for its lock';
  END IF;

  -- Checks: each query answers with a text when something is wrong.
  FOREACH statement IN ARRAY ${checks}::text[] LOOP
    EXECUTE statement INTO finding;
    IF finding IS NOT NULL THEN
      RAISE EXCEPTION USING ERRCODE = 'WB001', MESSAGE = finding;
    END IF;
  END LOOP;
  FOREACH statement IN ARRAY ${too_much}::text[] LOOP
    EXECUTE statement INTO finding;
    IF finding IS NOT NULL THEN
      RAISE EXCEPTION USING ERRCODE = 'WB003', MESSAGE = finding;
    END IF;
  END LOOP;
  FOREACH statement IN ARRAY ${ledger}::text[] LOOP
    EXECUTE statement;
    GET DIAGNOSTICS hits = ROW_COUNT;
    IF hits <> 1 THEN
      RAISE EXCEPTION USING ERRCODE = 'WB002', MESSAGE =
        'another coordinator leads or moved the migration: the swap was called off';
    END IF;
  END LOOP;

  -- The last changes, as they stand. Deferred constraints are checked here, or the tables could
  -- not be altered.
  -- A check that was never validated does not hold for every row that is written anew.
  FOR item IN
    SELECT conname, pg_get_constraintdef(oid) AS definition,
      obj_description(oid, 'pg_constraint') AS remark
    FROM pg_constraint WHERE conrelid = ready AND contype = 'c' AND NOT convalidated
    ORDER BY oid
  LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', ready, item.conname);
    after_carry := after_carry || format('ALTER TABLE %s ADD CONSTRAINT %I %s', ready,
      item.conname, item.definition);
    IF item.remark IS NOT NULL THEN
      after_carry := after_carry || format('COMMENT ON CONSTRAINT %I ON %s IS %L', item.conname,
        ready, item.remark);
    END IF;
  END LOOP;
  FOREACH statement IN ARRAY ${carry}::text[] LOOP
    EXECUTE statement;
  END LOOP;
  SET CONSTRAINTS ALL IMMEDIATE;
  FOREACH statement IN ARRAY after_carry LOOP
    EXECUTE statement;
  END LOOP;

  -- Foreign keys, both ways. The retired table keeps none: they would block the application's
  -- own deletes. Not validated here, that would read whole tables under the lock.
  FOR item IN
    SELECT conname, conrelid::regclass::text AS child, pg_get_constraintdef(oid) AS definition,
      convalidated, obj_description(oid, 'pg_constraint') AS remark
    FROM pg_constraint
    WHERE contype = 'f' AND (conrelid = serving OR confrelid = serving) AND conparentid = 0
    ORDER BY oid
  LOOP
    before_move := before_move || format('ALTER TABLE %s DROP CONSTRAINT %I', item.child,
      item.conname);
    after_move := after_move || format('ALTER TABLE %s ADD CONSTRAINT %I %s%s', item.child,
      item.conname, item.definition,
      CASE WHEN item.definition ~ ' NOT (VALID|ENFORCED)$' THEN '' ELSE ' NOT VALID' END);
    IF item.remark IS NOT NULL THEN
      after_move := after_move || format('COMMENT ON CONSTRAINT %I ON %s IS %L', item.conname,
        item.child, item.remark);
    END IF;
    IF item.convalidated THEN
      validations := validations || format('ALTER TABLE %s VALIDATE CONSTRAINT %I', item.child,
        item.conname);
    END IF;
  END LOOP;

  -- Checks that old rows may break are not on the copy until now.
  FOR item IN
    SELECT k.conname, pg_get_constraintdef(k.oid) AS definition, k.convalidated,
      obj_description(k.oid, 'pg_constraint') AS remark
    FROM pg_constraint k
    WHERE k.conrelid = serving AND k.contype IN ('c', 'n')
      AND NOT EXISTS (SELECT FROM pg_constraint r
        WHERE r.conrelid = ready AND r.conname = k.conname)
      AND NOT (k.contype = 'n' AND EXISTS (SELECT FROM pg_attribute a
        WHERE a.attrelid = serving AND a.attnum = k.conkey[1] AND a.attname = 'content'))
    ORDER BY k.oid
  LOOP
    after_move := after_move || format('ALTER TABLE %s ADD CONSTRAINT %I %s%s', serving_name,
      item.conname, item.definition,
      CASE WHEN item.definition ~ ' NOT (VALID|ENFORCED)$' THEN '' ELSE ' NOT VALID' END);
    IF item.remark IS NOT NULL THEN
      after_move := after_move || format('COMMENT ON CONSTRAINT %I ON %s IS %L', item.conname,
        serving_name, item.remark);
    END IF;
    IF item.convalidated THEN
      validations := validations || format('ALTER TABLE %s VALIDATE CONSTRAINT %I', serving_name,
        item.conname);
    END IF;
  END LOOP;

  FOR item IN
    SELECT tgname, tgenabled, tgrelid::regclass::text AS relation, pg_get_triggerdef(oid) AS
      definition, obj_description(oid, 'pg_trigger') AS remark,
      starts_with(tgname, 'whimbrel_') AS ours
    FROM pg_trigger
    WHERE NOT tgisinternal AND (tgrelid = serving
      OR tgrelid = to_regclass(${chunks}) AND starts_with(tgname, 'whimbrel_'))
    ORDER BY oid
  LOOP
    before_move := before_move || format('DROP TRIGGER %I ON %s', item.tgname, item.relation);
    IF NOT item.ours THEN
      after_move := after_move || item.definition;
      IF item.tgenabled <> 'O' THEN
        after_move := after_move || format('ALTER TABLE %s %s TRIGGER %I', serving_name,
          CASE item.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
            ELSE 'ENABLE ALWAYS' END, item.tgname);
      END IF;
      IF item.remark IS NOT NULL THEN
        after_move := after_move || format('COMMENT ON TRIGGER %I ON %s IS %L', item.tgname,
          serving_name, item.remark);
      END IF;
    END IF;
  END LOOP;

  -- A publication lists the table, not its name: the one that retires leaves it for the other. What
  -- is added later to the table does not enter a list of columns. Before version 15 there are none.
  FOR item IN EXECUTE format(
    'SELECT p.pubname, %s AS columns, %s AS filter
     FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
     WHERE r.prrelid = $1 ORDER BY p.pubname',
    CASE WHEN current_setting('server_version_num')::integer < 150000 THEN 'NULL' ELSE
      '(SELECT string_agg(quote_ident(a.attname), '', '' ORDER BY a.attnum) FROM pg_attribute a
        WHERE a.attrelid = $1 AND a.attnum = ANY (r.prattrs))' END,
    CASE WHEN current_setting('server_version_num')::integer < 150000 THEN 'NULL' ELSE
      'pg_get_expr(r.prqual, r.prrelid)' END)
    USING serving
  LOOP
    before_move := before_move || format('ALTER PUBLICATION %I DROP TABLE %s', item.pubname,
      serving_name);
    after_move := after_move || format('ALTER PUBLICATION %I ADD TABLE %s%s%s', item.pubname,
      serving_name, ' (' || item.columns || ')', ' WHERE (' || item.filter || ')');
  END LOOP;

  -- A serial column's sequence would move away with the retired table: it is handed over.
  FOR item IN
    SELECT s.oid::regclass::text AS sequence, a.attname
    FROM pg_depend d
    JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = serving AND d.deptype = 'a'
  LOOP
    before_move := before_move || format('ALTER SEQUENCE %s OWNED BY NONE', item.sequence);
    after_move := after_move || format('ALTER SEQUENCE %s OWNED BY %s.%I', item.sequence,
      serving_name, item.attname);
  END LOOP;

  -- An identity sequence cannot be handed over: the new one goes on where the old one stands.
  FOR item IN
    SELECT pg_get_serial_sequence(serving::text, attname) AS old_sequence,
      pg_get_serial_sequence(ready::text, attname) AS new_sequence
    FROM pg_attribute WHERE attrelid = serving AND attidentity <> '' AND NOT attisdropped
  LOOP
    EXECUTE 'SELECT last_value, is_called FROM ' || item.old_sequence INTO last_value, is_called;
    PERFORM setval(item.new_sequence::regclass, last_value, is_called);
  END LOOP;

  FOR item IN
    SELECT stxname, stxrelid = serving AS retires FROM pg_statistic_ext
    WHERE stxrelid = serving AND stxnamespace = to_regnamespace(quote_ident(serving_schema))
      OR stxrelid = ready AND stxnamespace = to_regnamespace(quote_ident(ready_schema))
  LOOP
    IF item.retires THEN
      before_move := before_move || format('ALTER STATISTICS %I.%I SET SCHEMA %I', serving_schema,
        item.stxname, retired_schema);
    ELSE
      after_move := after_move || format('ALTER STATISTICS %I.%I SET SCHEMA %I', ready_schema,
        item.stxname, serving_schema);
    END IF;
  END LOOP;

  -- A view follows the table that it was made on, not the name: it is made again.
  FOR item IN
    SELECT DISTINCT v.oid, v.oid::regclass::text AS name, v.reloptions,
      rtrim(pg_get_viewdef(v.oid), ';') AS definition
    FROM pg_depend d
    JOIN pg_rewrite w ON w.oid = d.objid AND w.rulename = '_RETURN'
    JOIN pg_class v ON v.oid = w.ev_class AND v.relkind = 'v'
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
      AND d.refobjid = serving
    ORDER BY v.oid
  LOOP
    after_move := after_move || format('CREATE OR REPLACE VIEW %s%s AS %s', item.name,
      ' WITH (' || array_to_string(item.reloptions, ', ') || ')', item.definition);
  END LOOP;

  FOREACH statement IN ARRAY before_move LOOP
    EXECUTE statement;
  END LOOP;
  EXECUTE format('ALTER TABLE %s SET SCHEMA %I', serving, retired_schema);
  EXECUTE format('ALTER TABLE %s SET SCHEMA %I', ready, serving_schema);
  FOREACH statement IN ARRAY after_move LOOP
    EXECUTE statement;
  END LOOP;
  FOREACH statement IN ARRAY ${after_move}::text[] LOOP
    EXECUTE statement;
  END LOOP;

  EXECUTE format(
    'INSERT INTO %1$I.whimbrel_swap (migration_id, step, statement_order, statement)
     SELECT %2$s, ''VALIDATE'', n, s FROM unnest($1) WITH ORDINALITY AS v (s, n)
     WHERE NOT EXISTS (SELECT FROM %1$I.whimbrel_swap w
       WHERE w.migration_id = %2$s AND w.statement = s)', serving_schema, ${migration})
    USING validations;
  EXECUTE format(
    'DELETE FROM %I.whimbrel_swap WHERE migration_id = %s AND step = ''FINGERPRINT''',
    serving_schema, ${migration});
  EXECUTE format(
    'INSERT INTO %I.whimbrel_swap (migration_id, step, statement_order, statement)
     VALUES (%s, ''FINGERPRINT'', 0, $1)', serving_schema, ${migration})
    USING ${fingerprint};
END
$whimbrel$
