// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.format.Dictionary;
import io.whimbrel.store.ShadowTable;
import java.sql.Connection;
import java.time.Duration;

/** Follows. */
record PostgresShadowTable(PostgresStore store) implements ShadowTable {
  @Override
  public void create(long migrationId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void insertDictionary(Connection connection, int id, int trainedOn, byte[] body) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int nextDictionaryId(Connection connection) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Dictionary loadDictionary(int dictionaryId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void index(long migrationId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long count(long migrationId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void cutOver(
      long migrationId, String fingerprint, Duration lockTimeout, LedgerStep ledger) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void afterCutOver(long migrationId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void swapBack(long migrationId, Duration lockTimeout, LedgerStep ledger) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void afterSwapBack(long migrationId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void drop(long migrationId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void dropLegacy(long migrationId) {
    throw new UnsupportedOperationException();
  }

  @Override
  public long unpackInPlace(long migrationId) {
    throw new UnsupportedOperationException();
  }
}
