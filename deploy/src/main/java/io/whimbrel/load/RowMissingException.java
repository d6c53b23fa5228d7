// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.sql.SQLException;

/** A row that must be there was not found by a write. */
final class RowMissingException extends SQLException {
  RowMissingException(String reason) {
    super(reason);
  }
}
