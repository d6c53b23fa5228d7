// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Where a signal waits for the command that it stops. The command's thread itself cannot be waited
 * for: on its way out it waits for the end of the shutdown, which the signal has begun.
 */
final class CommandEnd {

  private static final CompletableFuture<Integer> EXIT_CODE = new CompletableFuture<>();

  private CommandEnd() {}

  /** Called once, when all is closed and said. */
  static void reached(int exitCode) {
    EXIT_CODE.complete(exitCode);
  }

  /** The command's exit code; empty when it has not ended within the limit. */
  static OptionalInt await(Duration limit) {
    try {
      return OptionalInt.of(EXIT_CODE.get(limit.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException | ExecutionException e) {
      return OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }
}
