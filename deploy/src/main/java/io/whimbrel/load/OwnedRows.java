// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The keys that belong to one writer, and what was last acknowledged of each. Nobody else writes
 * them, so this is what the store must hold.
 */
final class OwnedRows {

  private final Map<Long, RowState> states = new HashMap<>();
  private final KeyBag present = new KeyBag();
  private final KeyBag deleted = new KeyBag();

  void apply(List<Change> changes) {
    for (Change change : changes) {
      long key = change.knownKey();
      RowState after = change.after();
      if (after == null) {
        states.remove(key);
        present.remove(key);
        deleted.add(key);
      } else {
        states.put(key, after);
        present.add(key);
        deleted.remove(key);
      }
    }
  }

  /** Null when the row is not there. */
  @Nullable RowState state(long key) {
    return states.get(key);
  }

  int size() {
    return present.size();
  }

  boolean hasDeleted() {
    return deleted.size() > 0;
  }

  long anyPresent(SplittableRandom random) {
    return present.any(random);
  }

  long anyDeleted(SplittableRandom random) {
    return deleted.any(random);
  }

  /** A set that one can draw from. */
  private static final class KeyBag {
    private final List<Long> keys = new ArrayList<>();
    private final Map<Long, Integer> places = new HashMap<>();

    int size() {
      return keys.size();
    }

    void add(long key) {
      if (places.putIfAbsent(key, keys.size()) == null) {
        keys.add(key);
      }
    }

    void remove(long key) {
      Integer place = places.remove(key);
      if (place == null) {
        return;
      }
      Long last = keys.remove(keys.size() - 1);
      if (last != key) {
        keys.set(place, last);
        places.put(last, place);
      }
    }

    long any(SplittableRandom random) {
      return keys.get(random.nextInt(keys.size()));
    }
  }
}
