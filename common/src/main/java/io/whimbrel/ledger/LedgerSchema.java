// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;

/** The tables of the ledger. All names begin with {@code whimbrel_}; times are milliseconds. */
public final class LedgerSchema {

  /** Every table of the ledger, in the order in which they can be dropped. */
  public static final List<String> TABLES =
      List.of(
          "whimbrel_undo",
          "whimbrel_failures",
          "whimbrel_range_keys",
          "whimbrel_ranges",
          "whimbrel_workers",
          "whimbrel_migrations");

  private final LedgerDialect dialect;
  private final String qualifier;

  public LedgerSchema(LedgerDialect dialect, String qualifier) {
    this.dialect = dialect;
    this.qualifier = qualifier;
  }

  /** Creates what is missing; harmless when all is there. */
  public void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String ddl :
          List.of(
              migrations(),
              ranges(),
              openRanges(),
              rangeKeys(),
              rangeKeysByRange(),
              workers(),
              failures(),
              undo())) {
        statement.execute(ddl);
      }
    }
  }

  private String migrations() {
    return String.format(
        Locale.ROOT,
        """
              CREATE TABLE IF NOT EXISTS %swhimbrel_migrations (
                migration_id %s,
                kind TEXT NOT NULL,
                state TEXT NOT NULL,
                epoch BIGINT NOT NULL,
                paused INTEGER NOT NULL DEFAULT 0,
                cancelled INTEGER NOT NULL DEFAULT 0,
                postponed INTEGER NOT NULL DEFAULT 0,
                coordinator_id TEXT,
                created_at_ms BIGINT NOT NULL,
                finished_at_ms BIGINT,
                settings TEXT NOT NULL,
                fingerprint TEXT,
                memories BIGINT NOT NULL DEFAULT 0,
                highest_key TEXT,
                dictionary_id INTEGER,
                planned_to TEXT,
                plan_done INTEGER NOT NULL DEFAULT 0,
                facts TEXT NOT NULL DEFAULT '{}',
                reason TEXT)""",
        qualifier,
        dialect.identity());
  }

  private String ranges() {
    return String.format(
        Locale.ROOT,
        """
              CREATE TABLE IF NOT EXISTS %swhimbrel_ranges (
                range_id %s,
                migration_id BIGINT NOT NULL,
                kind TEXT NOT NULL,
                round INTEGER NOT NULL,
                lower_key TEXT NOT NULL,
                upper_key TEXT NOT NULL,
                state TEXT NOT NULL,
                attempt INTEGER NOT NULL DEFAULT 0,
                worker_id TEXT,
                backend_pid INTEGER,
                backend_started_us BIGINT,
                memories BIGINT NOT NULL DEFAULT 0,
                packed BIGINT NOT NULL DEFAULT 0,
                raw_bytes BIGINT NOT NULL DEFAULT 0,
                stored_bytes BIGINT NOT NULL DEFAULT 0,
                compressed_bytes BIGINT NOT NULL DEFAULT 0,
                segments INTEGER NOT NULL DEFAULT 0,
                mismatches INTEGER NOT NULL DEFAULT 0,
                elapsed_ms BIGINT NOT NULL DEFAULT 0,
                finished_at_ms BIGINT,
                UNIQUE (migration_id, kind, round, lower_key))""",
        qualifier,
        dialect.identity());
  }

  private String openRanges() {
    return "CREATE INDEX IF NOT EXISTS whimbrel_ranges_open ON "
        + (dialect == LedgerDialect.POSTGRESQL ? qualifier : "")
        + "whimbrel_ranges (migration_id, state) WHERE state <> 'DONE'";
  }

  // A key is in at most one unfinished range: two could otherwise commit its values in
  // the wrong order.
  private String rangeKeys() {
    return String.format(
        Locale.ROOT,
        """
              CREATE TABLE IF NOT EXISTS %swhimbrel_range_keys (
                migration_id BIGINT NOT NULL,
                memory_key %s NOT NULL,
                range_id BIGINT NOT NULL,
                PRIMARY KEY (migration_id, memory_key))""",
        qualifier,
        dialect.keyType());
  }

  private String rangeKeysByRange() {
    return "CREATE INDEX IF NOT EXISTS whimbrel_range_keys_by_range ON "
        + (dialect == LedgerDialect.POSTGRESQL ? qualifier : "")
        + "whimbrel_range_keys (range_id)";
  }

  private String workers() {
    return String.format(
        Locale.ROOT,
        """
              CREATE TABLE IF NOT EXISTS %swhimbrel_workers (
                worker_id TEXT PRIMARY KEY,
                role TEXT NOT NULL,
                migration_id BIGINT NOT NULL,
                host TEXT NOT NULL,
                process_id BIGINT NOT NULL,
                process_started_ms BIGINT NOT NULL,
                threads INTEGER NOT NULL,
                joined_at_ms BIGINT NOT NULL,
                lease_until_ms BIGINT NOT NULL,
                trouble TEXT)""",
        qualifier);
  }

  private String failures() {
    return String.format(
        Locale.ROOT,
        """
              CREATE TABLE IF NOT EXISTS %swhimbrel_failures (
                migration_id BIGINT NOT NULL,
                memory_key TEXT NOT NULL,
                severity TEXT NOT NULL,
                reason TEXT NOT NULL,
                detail TEXT NOT NULL,
                range_id BIGINT NOT NULL,
                PRIMARY KEY (migration_id, memory_key))""",
        qualifier);
  }

  private String undo() {
    return String.format(
        Locale.ROOT,
        """
              CREATE TABLE IF NOT EXISTS %swhimbrel_undo (
                migration_id BIGINT NOT NULL,
                memory_key TEXT NOT NULL,
                content %s,
                content_compressed INTEGER,
                content_segment BIGINT NOT NULL,
                content_offset INTEGER NOT NULL,
                PRIMARY KEY (migration_id, memory_key))""",
        qualifier,
        dialect == LedgerDialect.POSTGRESQL ? "BYTEA" : "BLOB");
  }

  /** Whether the ledger is there. */
  public boolean exists(Connection connection) throws SQLException {
    String query =
        dialect == LedgerDialect.POSTGRESQL
            ? "SELECT to_regclass('" + qualifier + "whimbrel_migrations') IS NOT NULL"
            : "SELECT count(*) FROM sqlite_master WHERE name = 'whimbrel_migrations'";
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      return row.next() && row.getBoolean(1);
    }
  }
}
