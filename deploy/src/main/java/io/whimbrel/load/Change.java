// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import org.jspecify.annotations.Nullable;

/**
 * What an operation makes of one key.
 *
 * @param key null while only the database knows it
 * @param after null when the row is gone afterwards
 */
record Change(@Nullable Long key, @Nullable RowState after) {

  private static final String UNKNOWN_KEY = "?";
  private static final String ABSENT = "-";

  Change {
    if (key == null && after == null) {
      throw new IllegalArgumentException("a change of nothing");
    }
  }

  long knownKey() {
    Long known = key;
    if (known == null) {
      throw new IllegalStateException("the key is not known yet");
    }
    return known;
  }

  RowState presentAfter() {
    RowState state = after;
    if (state == null) {
      throw new IllegalStateException("the row is gone afterwards");
    }
    return state;
  }

  @Override
  public String toString() {
    return (key == null ? UNKNOWN_KEY : key.toString())
        + ":"
        + (after == null ? ABSENT : after.toString());
  }

  static Change parse(String written) {
    int colon = written.indexOf(':');
    String key = written.substring(0, colon);
    String after = written.substring(colon + 1);
    return new Change(
        key.equals(UNKNOWN_KEY) ? null : Long.valueOf(key),
        after.equals(ABSENT) ? null : RowState.parse(after));
  }
}
