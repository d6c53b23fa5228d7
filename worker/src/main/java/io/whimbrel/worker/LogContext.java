// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.keyrange.ClaimedRange;
import org.slf4j.MDC;

/** What the log lines of a thread are about. */
public final class LogContext {

  private static final String MIGRATION = "migration";
  private static final String WORKER = "worker";
  private static final String RANGE = "range";
  private static final String ATTEMPT = "attempt";

  private LogContext() {}

  public static void migration(long migrationId) {
    MDC.put(MIGRATION, Long.toString(migrationId));
  }

  static void worker(WorkerContext context) {
    migration(context.migrationId());
    MDC.put(WORKER, context.workerId());
  }

  static void holds(ClaimedRange claim) {
    MDC.put(RANGE, Long.toString(claim.rangeId()));
    MDC.put(ATTEMPT, Integer.toString(claim.attempt()));
  }

  static void holdsNothing() {
    MDC.remove(RANGE);
    MDC.remove(ATTEMPT);
  }
}
