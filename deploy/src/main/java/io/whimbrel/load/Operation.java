// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.util.List;

/**
 * One thing that a writer does: one transaction, whole or not at all.
 *
 * @param number counted from 1 within the writer
 * @param changes of every row concerned; of a move first the old key
 */
record Operation(long number, OperationKind kind, List<Change> changes) {
  Operation {
    changes = List.copyOf(changes);
    if (changes.isEmpty()) {
      throw new IllegalArgumentException("an operation on nothing: " + kind);
    }
  }

  Change only() {
    if (changes.size() != 1) {
      throw new IllegalStateException(kind + " concerns " + changes.size() + " rows");
    }
    return changes.get(0);
  }
}
