// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

import java.sql.SQLException;

/** The table is not the one that the statements were made for. */
final class DefinitionChangedException extends SQLException {

  DefinitionChangedException() {
    super("the table was swapped or altered");
  }
}
