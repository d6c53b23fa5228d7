// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

/** What the application does, and how often, in parts of a thousand. */
enum OperationKind {
  /** A row whose key the database chooses. */
  INSERT(130),
  /** Ten rows by one statement. */
  BULK_INSERT(10),
  /** A row under the key of one that was deleted. */
  INSERT_AGAIN(30),
  UPDATE_CONTENT(220),
  /** All but the content. */
  UPDATE_COLUMNS(150),
  DELETE(150),
  /** A change of the key, to a free one. */
  MOVE(40),
  /** {@code ON CONFLICT DO UPDATE}, on a key that is there or on one that was deleted. */
  UPSERT(45),
  /** {@code INSERT OR REPLACE}, where the database knows it; else as {@link #UPSERT}. */
  REPLACE(25),
  /** By the statement that the old application uses: what is packed reads as NULL. */
  READ(160),
  /** Through the reader library. */
  LIBRARY_READ(40);

  /** Operations in a thousand that write. */
  static final int WRITES = 800;

  private final int share;

  OperationKind(int share) {
    this.share = share;
  }

  boolean isWrite() {
    return this != READ && this != LIBRARY_READ;
  }

  /**
   * @param draw 0 to 999
   */
  static OperationKind drawn(int draw) {
    int left = draw;
    for (OperationKind kind : values()) {
      if (left < kind.share) {
        return kind;
      }
      left -= kind.share;
    }
    throw new IllegalArgumentException("draw=" + draw);
  }
}
