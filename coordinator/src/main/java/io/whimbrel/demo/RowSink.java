// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.sql.SQLException;
import java.util.List;

/**
 * Writes rows in bulk, in the fastest way the database has. Values are null, String, Long, Integer,
 * Double, Boolean or byte[]; a time is a String.
 */
interface RowSink extends AutoCloseable {
  /** Writes the rows in order; each holds a value for every column of the table. */
  void write(DemoTable table, List<Object[]> rows) throws SQLException;

  @Override
  void close() throws SQLException;
}
