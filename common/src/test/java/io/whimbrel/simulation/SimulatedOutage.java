// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.simulation;

import java.sql.SQLException;

/** The database did not answer; what was asked of it may have been done or not. */
final class SimulatedOutage extends SQLException {
  private static final long serialVersionUID = 1L;
  private static final String CONNECTION_FAILURE = "08006";

  SimulatedOutage(String message) {
    super(message, CONNECTION_FAILURE);
  }
}
