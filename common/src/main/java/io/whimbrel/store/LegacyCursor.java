// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import java.sql.SQLException;

/**
 * A forward walk over rows; the row is valid until the next call. Holds a snapshot until closed.
 */
public interface LegacyCursor extends AutoCloseable {

  boolean next() throws SQLException;

  /** Stored bytes of the current row's content, known without loading it where that is possible. */
  long contentBytes() throws SQLException;

  LegacyRow row() throws SQLException;

  @Override
  void close() throws SQLException;
}
