// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import io.whimbrel.postgres.PostgresStore;
import io.whimbrel.sqlite.SqliteStore;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.StoreUrl;
import io.whimbrel.store.TableLayout;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads memories from a legacy, migrated or mixed store; contents are loaded when they are asked
 * for. It goes on working while the store is migrated, rolled back or compacted. Thread-safe: every
 * call has a connection of its own; only {@link #close} must come after all others have returned.
 */
public final class MemoryReader implements AutoCloseable {

  /** Bytes of decompressed segments that are kept unless another size is given. */
  public static final long CACHE_BYTES_DEFAULT = 16L << 20;

  static final int PAGE_ROWS = 256;

  /** A longer inline content is read on demand, so that a page of rows stays small. */
  static final int PAGE_CONTENT_BYTES_MAX = 32 * 1024;

  private static final int NO_CONTENT = -1;

  private final Store store;
  private final boolean ownsStore;
  private final Dialect dialect;
  private final ContentLoader loader;
  private final Snapshots snapshots = new NewSnapshots();
  private final AtomicInteger looks = new AtomicInteger();
  private volatile RowSql current;

  /**
   * Reads from an open store, which stays the caller's to close.
   *
   * @throws StoreRefusedException when it has no memories that can be read
   */
  public MemoryReader(Store store) {
    this(store, CACHE_BYTES_DEFAULT);
  }

  public MemoryReader(Store store, long cacheBytesMax) {
    this(store, cacheBytesMax, false);
  }

  private MemoryReader(Store store, long cacheBytesMax, boolean ownsStore) {
    this.store = store;
    this.ownsStore = ownsStore;
    this.dialect = Dialect.of(store.url().kind());
    this.loader = new ContentLoader(cacheBytesMax);
    try {
      this.current = look();
    } catch (SQLException e) {
      throw failure(store, e);
    }
  }

  /**
   * Opens a store for reading only.
   *
   * @param environment where a password may come from
   * @throws StoreRefusedException when it cannot be opened or has no memories that can be read
   */
  public static MemoryReader open(StoreUrl url, Map<String, String> environment) {
    Store store = openStore(url, environment);
    try {
      return new MemoryReader(store, CACHE_BYTES_DEFAULT, true);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  private static Store openStore(StoreUrl url, Map<String, String> environment) {
    if (url instanceof StoreUrl.SqliteUrl sqlite) {
      return SqliteStore.open(sqlite, SqliteStore.Access.READ_ONLY);
    }
    if (url instanceof StoreUrl.PostgresUrl postgres) {
      return PostgresStore.open(postgres, environment);
    }
    throw new IllegalStateException("unknown kind of store: " + url.redacted());
  }

  /** The memory of a key. */
  public Optional<Memory> get(String key) {
    return snapshots
        .query(snapshot -> loader.row(snapshot, key))
        .map(row -> new Memory(row, loader, snapshots));
  }

  /**
   * The next memories in key order, without their contents.
   *
   * @param afterKey the key before the first, or null to begin at the beginning
   * @throws IllegalArgumentException when the store can have no such key
   */
  public List<Memory> list(@Nullable String afterKey, int limit) {
    if (limit < 0) {
      throw new IllegalArgumentException("limit=" + limit);
    }
    return snapshots.query(snapshot -> snapshot.page(afterKey, limit, NO_CONTENT)).stream()
        .map(row -> new Memory(row, loader, snapshots))
        .toList();
  }

  /**
   * Walks over all memories in key order, all of them and their contents from one snapshot. The
   * snapshot is held until the last call of the consumer has returned.
   */
  public void forEach(Consumer<? super Memory> consumer) {
    snapshots.run(
        snapshot -> {
          try (WalkSnapshots walk = new WalkSnapshots(snapshot, snapshots)) {
            walk(snapshot, row -> consumer.accept(new Memory(row, loader, walk)));
          }
          return true;
        });
  }

  private static void walk(Snapshot snapshot, Consumer<MemoryRow> consumer) throws SQLException {
    String after = null;
    List<MemoryRow> rows;
    do {
      rows = snapshot.page(after, PAGE_ROWS, PAGE_CONTENT_BYTES_MAX);
      rows.forEach(consumer);
      after = rows.isEmpty() ? null : rows.get(rows.size() - 1).key();
    } while (rows.size() == PAGE_ROWS);
  }

  /**
   * Walks over all memories in key order, a page at a time, each from a snapshot of its own: what
   * changes meanwhile may be seen or not, and no snapshot is held between calls.
   */
  public MemoryIterator iterate() {
    return new PagedIterator(
        after ->
            snapshots
                .query(snapshot -> snapshot.page(after, PAGE_ROWS, PAGE_CONTENT_BYTES_MAX))
                .stream()
                .map(row -> new Memory(row, loader, snapshots))
                .toList());
  }

  /** The table's layout as last seen. */
  TableLayout layout() {
    return current.layout();
  }

  Store store() {
    return store;
  }

  ContentLoader loader() {
    return loader;
  }

  Snapshots snapshots() {
    return snapshots;
  }

  @Override
  public void close() {
    loader.close();
    if (ownsStore) {
      store.close();
    }
  }

  private static MemoryReadException failure(Store store, SQLException e) {
    return new MemoryReadException(
        "reading memories from " + store.url().redacted() + ": " + e.getMessage(), e);
  }

  // In one transaction: between two, the table may be swapped to and fro.
  private RowSql look() throws SQLException {
    return store.read(connection -> look(connection, dialect.begin(connection, store.qualifier())));
  }

  private RowSql look(Connection connection, long stamp) throws SQLException {
    return new RowSql(
        dialect, store.qualifier(), store.layout(connection), stamp, looks.incrementAndGet());
  }

  /** New snapshots, with statements that fit the table as they see it. */
  private final class NewSnapshots implements Snapshots {
    @Override
    public <T extends @Nullable Object> T run(Work<T> work) {
      return run(work, current);
    }

    @Override
    public <T extends @Nullable Object> T query(Work<T> work) {
      RowSql sql = current;
      try {
        return store.query(connection -> work.run(new Snapshot(connection, sql)));
      } catch (DefinitionChangedException e) {
        return run(work, null);
      } catch (SQLException e) {
        if (dialect.isOutdated(e)) {
          return run(work, null);
        }
        throw failure(store, e);
      }
    }

    // The look is in the work's own transaction, however often the table is swapped meanwhile.
    private <T extends @Nullable Object> T run(Work<T> work, @Nullable RowSql known) {
      try {
        return store.read(
            connection -> {
              long stamp = dialect.begin(connection, store.qualifier());
              RowSql sql = known;
              if (sql == null || sql.stamp() != stamp) {
                sql = look(connection, stamp);
                current = sql;
              }
              return work.run(new Snapshot(connection, sql));
            });
      } catch (SQLException e) {
        throw failure(store, e);
      }
    }
  }
}
