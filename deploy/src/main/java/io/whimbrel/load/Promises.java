// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a store must hold after all that was acknowledged, by key. */
final class Promises {

  private final Map<Long, RowState> present = new HashMap<>();
  private final Map<Long, @Nullable RowState> doubtful = new HashMap<>();
  private final Set<Long> doubtfulVersions = new HashSet<>();
  private long acknowledged;

  /** The store as it was found, before anything was written. */
  Promises(Originals originals) {
    originals.keys().forEach(key -> present.put(key, RowState.of(key)));
  }

  /** What the store must hold now; writers own their keys, so their logs come in any order. */
  static Promises of(Originals originals, Collection<WrittenLog> logs) {
    Promises promises = new Promises(originals);
    logs.forEach(log -> log.operations().forEach(promises::add));
    return promises;
  }

  private void add(LoggedOperation operation) {
    if (!operation.kind().isWrite()) {
      return;
    }
    if (operation.isDone()) {
      acknowledged++;
      operation.changes().forEach(this::apply);
    } else if (operation.outcome() == LoggedOperation.Outcome.IN_DOUBT) {
      operation.changes().forEach(this::doubt);
    }
  }

  private void apply(Change change) {
    RowState after = change.after();
    if (after == null) {
      present.remove(change.knownKey());
    } else {
      present.put(change.knownKey(), after);
    }
  }

  private void doubt(Change change) {
    Long key = change.key();
    if (key == null) {
      doubtfulVersions.add(change.presentAfter().rest());
    } else {
      doubtful.put(key, change.after());
    }
  }

  Map<Long, RowState> present() {
    return present;
  }

  boolean isDoubtful(long key) {
    return doubtful.containsKey(key);
  }

  /** What a doubtful key may hold as well; null when that is nothing. */
  @Nullable RowState alternative(long key) {
    return doubtful.get(key);
  }

  /** Whether a row with this version may be there, under a key that nobody was told. */
  boolean mayExist(long version) {
    return doubtfulVersions.contains(version);
  }

  /** Writes that were acknowledged, or found done after their answer was lost. */
  long acknowledged() {
    return acknowledged;
  }
}
