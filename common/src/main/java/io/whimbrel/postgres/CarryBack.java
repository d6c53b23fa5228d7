// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.format.Dictionary;
import io.whimbrel.format.Pointer;
import io.whimbrel.format.Segment;
import io.whimbrel.format.SegmentDamagedException;
import io.whimbrel.format.SegmentUnpacker;
import io.whimbrel.legacy.DecodedContent;
import io.whimbrel.legacy.DecodedText;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.legacy.StorageClass;
import io.whimbrel.legacy.StoredContent;
import io.whimbrel.store.CutOverRefusedException;
import io.whimbrel.store.LockNotAvailableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Carries back, before the lock of a swap back, whatever is too much to be carried under it. Each
 * round takes a part of the log and writes those memories into the retained table, in one
 * transaction and one snapshot: before and after it every difference between the tables is
 * explained by the log. So the rounds may stop anywhere, and the store serves as before.
 */
final class CarryBack {

  /** Carried under the lock. */
  private static final int KEYS_MAX = 1_000;

  private static final int ROUND_ROWS = 5_000;
  private static final int ROUNDS_MAX = 100_000;
  private static final int TRIES_MAX = 20;
  private static final int FETCH_ROWS = 20;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  // A writer that deletes a memory waits for our lock on the retained row, and we for its. We give
  // way before the server looks for deadlocks and ends one of the two.
  private static final String SETTINGS =
      "SET LOCAL lock_timeout = '300ms'; SET CONSTRAINTS ALL IMMEDIATE";

  private final PostgresStore store;
  private final MemoriesTable table;
  private final BackSql sql;
  private final LegacyContentDecoder decoder = new LegacyContentDecoder();

  CarryBack(PostgresStore store, MemoriesTable table, long migrationId) {
    this.store = store;
    this.table = table;
    this.sql = new BackSql(table, migrationId);
  }

  /** What remains to be carried under the lock. */
  Carriage.Load underLock() {
    List<String> statements = new ArrayList<>(sql.take(""));
    statements.addAll(sql.apply());
    return new Carriage.Load(List.of(sql.tooManyKeys(KEYS_MAX), sql.mustBeUnpacked()), statements);
  }

  /** Carries back until so little is left that the swap can do it. */
  void run() throws SQLException {
    int rows = ROUND_ROWS;
    int failures = 0;
    for (int round = 0; round < ROUNDS_MAX && isTooMuch(); round++) {
      try {
        int limit = rows;
        store.writeInOneSnapshot(connection -> round(connection, limit));
        failures = 0;
      } catch (SQLException e) {
        if (++failures == TRIES_MAX) {
          throw new LockNotAvailableException(
              "what was written since the cut-over could not be carried back beside the writers",
              e);
        }
        if (SqlStates.isDuplicate(e)) {
          // The row in the way is in the log as well: all of it in one snapshot fits.
          rows = rows > Integer.MAX_VALUE / 4 ? Integer.MAX_VALUE : rows * 4;
        } else if (SqlStates.isLock(e) || SqlStates.isSerialization(e)) {
          LockSupport.parkNanos(PAUSE_NANOS);
        } else {
          throw e;
        }
      }
    }
  }

  private boolean isTooMuch() throws SQLException {
    return store.read(
        connection -> {
          for (String query : underLock().tooMuch()) {
            if (!Catalog.texts(connection, query).isEmpty()) {
              return true;
            }
          }
          return false;
        });
  }

  private boolean round(Connection connection, int rows) throws SQLException {
    Catalog.execute(connection, SETTINGS);
    Catalog.execute(connection, sql.take(" LIMIT " + rows));
    decidePacked(connection);
    Catalog.execute(connection, sql.apply());
    return true;
  }

  private void decidePacked(Connection connection) throws SQLException {
    try (Segments segments = new Segments(connection);
        PreparedStatement select = connection.prepareStatement(sql.packed());
        PreparedStatement decide = connection.prepareStatement(sql.decide())) {
      select.setFetchSize(FETCH_ROWS);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          String key = row.getString(1);
          byte[] text = segments.text(key, row);
          boolean kept = Arrays.equals(text, retainedText(row));
          decide.setBoolean(1, kept);
          decide.setBytes(2, kept ? null : text);
          decide.setString(3, key);
          decide.executeUpdate();
        }
      }
    }
  }

  private byte @Nullable [] retainedText(ResultSet row) throws SQLException {
    byte[] bytes = row.getBytes(6);
    if (bytes == null) {
      return null;
    }
    long size = row.getLong(8);
    Long sizeOrNull = row.wasNull() ? null : size;
    String chunks = row.getString(9);
    DecodedContent decoded =
        decoder.decode(
            StoredContent.of(
                bytes,
                StorageClass.TEXT,
                row.getBoolean(7),
                sizeOrNull,
                () -> chunks == null ? List.of() : RowShape.chunks(chunks)));
    return decoded instanceof DecodedText text ? text.utf8() : null;
  }

  /** Reads segments in the round's own transaction; neighbours come one after the other. */
  private final class Segments implements AutoCloseable {
    private final Connection connection;
    private final SegmentReader reader;
    private final SegmentUnpacker unpacker = new SegmentUnpacker(this::dictionary);
    private final List<Dictionary> dictionaries = new ArrayList<>();
    private long heldId = -1;
    private byte[] held = {};

    Segments(Connection connection) {
      this.connection = connection;
      this.reader = new SegmentReader(connection, table);
    }

    private @Nullable Dictionary dictionary(int id) {
      try {
        Dictionary found = PostgresShadowTable.loadDictionary(connection, table, id).orElse(null);
        if (found != null) {
          dictionaries.add(found);
        }
        return found;
      } catch (SQLException e) {
        throw new CutOverRefusedException("reading dictionary " + id, e);
      }
    }

    /** The text that the row's pointer leads to. */
    byte[] text(String key, ResultSet row) throws SQLException {
      try {
        Pointer pointer = new Pointer(row.getLong(2), row.getInt(3), row.getInt(4), row.getInt(5));
        if (pointer.segmentId() != heldId) {
          Segment segment = reader.fetch(pointer.segmentId());
          if (segment == null) {
            throw new CutOverRefusedException(
                "memory " + key + " cannot be carried back: its segment is missing");
          }
          held = unpacker.unpack(segment);
          heldId = pointer.segmentId();
        }
        return SegmentUnpacker.slice(held, pointer);
      } catch (SegmentDamagedException | IllegalArgumentException e) {
        throw new CutOverRefusedException(
            "memory " + key + " cannot be carried back: " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      unpacker.close();
      dictionaries.forEach(Dictionary::close);
    }
  }
}
