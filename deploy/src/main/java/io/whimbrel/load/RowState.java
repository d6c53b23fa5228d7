// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

/**
 * What a row must say, by groups of columns that are always written together; see {@link Versions}.
 *
 * @param text where content, its size and the version number come from
 * @param title where title, access count and time of change come from
 * @param rest where every other column comes from
 */
record RowState(long text, long title, long rest) {

  static RowState of(long version) {
    return new RowState(version, version, version);
  }

  RowState withText(long version) {
    return new RowState(version, title, rest);
  }

  RowState withTitle(long version) {
    return new RowState(text, version, rest);
  }

  @Override
  public String toString() {
    return text + "," + title + "," + rest;
  }

  static RowState parse(String written) {
    String[] parts = written.split(",", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("not a row's state: " + written);
    }
    return new RowState(
        Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
  }
}
