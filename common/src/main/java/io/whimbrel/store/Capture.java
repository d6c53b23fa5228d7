// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Change capture: triggers on the legacy table (and on its chunks) that append the keys of changed
 * rows to the log {@code whimbrel_changes}, from before the first read until the cut-over.
 */
public interface Capture {

  /** Creates the log and the triggers in one short transaction; harmless when they exist. */
  void install() throws SQLException;

  /** Drops triggers and log; harmless when they are gone. */
  void remove() throws SQLException;

  /** Keys in the log that a transaction on this connection sees. */
  long pending(Connection connection) throws SQLException;
}
