// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.util.List;

/**
 * What a writer's log says of one operation.
 *
 * @param changes with all keys, where the operation was done; empty for a read
 * @param intendedMicros when it was due
 * @param startMicros when it was sent
 * @param endMicros when the answer was there; the start where none came before the log ends
 * @param state the SQLSTATE of an error, else empty
 */
record LoggedOperation(
    long number,
    OperationKind kind,
    Outcome outcome,
    List<Change> changes,
    long intendedMicros,
    long startMicros,
    long endMicros,
    String state) {

  /** How it ended, as far as the writer knows. */
  enum Outcome {
    ACKNOWLEDGED,
    /** Refused by the database; nothing was written. */
    FAILED,
    /** The answer was lost, and a later look found it done. */
    FOUND_DONE,
    /** The answer was lost, and a later look found nothing of it. */
    FOUND_UNDONE,
    /** The answer was lost, and nobody has looked: both is right. */
    IN_DOUBT
  }

  LoggedOperation {
    changes = List.copyOf(changes);
  }

  boolean isDone() {
    return outcome == Outcome.ACKNOWLEDGED || outcome == Outcome.FOUND_DONE;
  }

  /** From when it was due: a stall that kept it from being sent counts. */
  long latencyMicros() {
    return endMicros - intendedMicros;
  }

  /** From when it was sent. */
  long serviceMicros() {
    return endMicros - startMicros;
  }
}
