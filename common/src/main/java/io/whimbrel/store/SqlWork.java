// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.store;

import java.sql.Connection;
import java.sql.SQLException;

/** Work done on a connection inside one transaction. */
@FunctionalInterface
public interface SqlWork<T extends @org.jspecify.annotations.Nullable Object> {
  T run(Connection connection) throws SQLException;
}
