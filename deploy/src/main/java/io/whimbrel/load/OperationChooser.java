// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import io.whimbrel.store.StoreKind;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Decides what a writer does next, from its seed and its rows alone. */
final class OperationChooser {

  private static final int BULK_ROWS = 10;

  /** Keys below zero, where no sequence goes. */
  private static final long FREE_KEYS_PER_WRITER = 10_000_000;

  private final StoreKind database;
  private final int writer;
  private final OwnedRows rows;
  private final SplittableRandom random;
  private long operations;
  private long freeKeysUsed;
  private long movable;

  OperationChooser(StoreKind database, long seed, int writer, OwnedRows rows) {
    this.database = database;
    this.writer = writer;
    this.rows = rows;
    this.random = new SplittableRandom(seed * 31 + writer);
  }

  Operation next() {
    OperationKind kind = OperationKind.drawn(random.nextInt(1000));
    operations++;
    // Where no row may move, one is made that will.
    OperationKind possible = kind == OperationKind.MOVE && !mayMove() ? OperationKind.INSERT : kind;
    return new Operation(operations, possible, changes(possible));
  }

  private List<Change> changes(OperationKind kind) {
    return switch (kind) {
      case INSERT -> inserted(1);
      case BULK_INSERT -> inserted(BULK_ROWS);
      case INSERT_AGAIN ->
          List.of(new Change(rows.hasDeleted() ? deletedKey() : freeKey(), written()));
      case UPDATE_CONTENT -> {
        long key = presentKey();
        yield List.of(new Change(key, before(key).withText(version(0))));
      }
      case UPDATE_COLUMNS -> {
        long key = presentKey();
        yield List.of(new Change(key, before(key).withTitle(version(0))));
      }
      case DELETE -> List.of(new Change(presentKey(), null));
      case MOVE -> move();
      case UPSERT -> List.of(upserted(false));
      case REPLACE -> List.of(upserted(database == StoreKind.SQLITE));
      case READ, LIBRARY_READ -> {
        long key = rows.hasDeleted() && random.nextInt(10) == 0 ? deletedKey() : presentKey();
        yield List.of(new Change(key, rows.state(key)));
      }
    };
  }

  private List<Change> inserted(int count) {
    return IntStream.range(0, count)
        .mapToObj(row -> new Change(null, RowState.of(version(row))))
        .toList();
  }

  /**
   * On PostgreSQL other tables point to the original memories, so that their keys stay. On SQLite,
   * where nobody enforces that, they move too.
   */
  private boolean mayMove() {
    movable = presentKey();
    for (int tries = 0; database == StoreKind.POSTGRESQL && isOriginal(movable); tries++) {
      if (tries == 50) {
        return false;
      }
      movable = presentKey();
    }
    return true;
  }

  private List<Change> move() {
    long to = rows.hasDeleted() && random.nextBoolean() ? deletedKey() : freeKey();
    return List.of(new Change(movable, null), new Change(to, before(movable)));
  }

  private boolean isOriginal(long key) {
    return Versions.isOriginal(before(key).rest());
  }

  private Change upserted(boolean whole) {
    if (rows.hasDeleted() && random.nextInt(3) == 0) {
      return new Change(deletedKey(), written());
    }
    long key = presentKey();
    return new Change(
        key, whole ? written() : before(key).withText(version(0)).withTitle(version(0)));
  }

  private RowState before(long key) {
    RowState state = rows.state(key);
    if (state == null) {
      throw new IllegalStateException("no such row: key=" + key);
    }
    return state;
  }

  private RowState written() {
    return RowState.of(version(0));
  }

  private long version(int row) {
    return Versions.written(writer, operations, row);
  }

  private long presentKey() {
    return rows.anyPresent(random);
  }

  private long deletedKey() {
    return rows.anyDeleted(random);
  }

  private long freeKey() {
    freeKeysUsed++;
    return -(writer * FREE_KEYS_PER_WRITER + freeKeysUsed);
  }
}
