// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

/** The few words in which the ledger's SQL differs between databases. */
public enum LedgerDialect {
  SQLITE(
      "INTEGER PRIMARY KEY",
      "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
      "",
      "BLOB",
      "rowid"),
  POSTGRESQL(
      "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
      "(extract(epoch FROM clock_timestamp()) * 1000)::bigint",
      " FOR UPDATE SKIP LOCKED",
      "TEXT",
      "ctid");

  private final String identity;
  private final String nowMillis;
  private final String skipLocked;
  private final String keyType;
  private final String rowAddress;

  LedgerDialect(
      String identity, String nowMillis, String skipLocked, String keyType, String rowAddress) {
    this.identity = identity;
    this.nowMillis = nowMillis;
    this.skipLocked = skipLocked;
    this.keyType = keyType;
    this.rowAddress = rowAddress;
  }

  /**
   * A primary key handed out by the database. A number is never handed out twice: PostgreSQL
   * counts, and SQLite takes the highest plus one, of rows that the ledger never deletes.
   */
  String identity() {
    return identity;
  }

  /** The database's own clock, in milliseconds since 1970; not the transaction's start. */
  public String nowMillis() {
    return nowMillis;
  }

  /** Ends a select that locks its row against everybody. */
  String lockRow() {
    return this == POSTGRESQL ? " FOR UPDATE" : "";
  }

  /** Ends a select that keeps its row from those who lock it, and nobody else. */
  String shareRow() {
    return this == POSTGRESQL ? " FOR KEY SHARE" : "";
  }

  /** The type of a captured key: as text, and on SQLite as whatever the store has. */
  String keyType() {
    return keyType;
  }

  /** The hidden column that addresses a row, for deleting a part of what a query finds. */
  String rowAddress() {
    return rowAddress;
  }

  /** Ends a select of candidates to claim: rows that others are claiming are passed over. */
  String skipLocked() {
    return skipLocked;
  }
}
