// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import java.sql.Connection;
import java.sql.SQLException;

/** Work without a result, done on a connection inside one transaction. */
@FunctionalInterface
public interface SqlAction {
  void run(Connection connection) throws SQLException;
}
