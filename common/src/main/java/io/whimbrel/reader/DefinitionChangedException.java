// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import java.sql.SQLException;

/** The table is not the one that the statements were made for. */
final class DefinitionChangedException extends SQLException {

  private static final String REASON = "the table was swapped or altered";

  DefinitionChangedException() {
    super(REASON);
  }

  DefinitionChangedException(SQLException cause) {
    super(REASON + ": " + cause.getMessage(), cause.getSQLState(), cause);
  }
}
