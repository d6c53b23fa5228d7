// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs calls into Hazelcast on threads of its own, so that the caller's wait ends when it should
 * whatever Hazelcast's own time-outs do: those count retries, not a member that is connected and
 * silent. Thread-safe.
 */
final class BoundedCalls implements AutoCloseable {
  /**
   * More calls than this under way at once are answered as "unavailable": they are stuck, or far
   * too many threads share a grid.
   */
  private static final int CALLS_MAX = 256;

  private static final long IDLE_SECONDS = 30;

  private final ExecutorService threads;
  private final Duration callTimeout;

  /** When the next call may find out whether a silent grid answers again; meant while silent. */
  private final AtomicLong probeAtNanos = new AtomicLong();

  private volatile boolean silent;

  BoundedCalls(String name, Duration callTimeout) {
    AtomicInteger count = new AtomicInteger();
    this.callTimeout = callTimeout;
    this.threads =
        new ThreadPoolExecutor(
            0,
            CALLS_MAX,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, name + "-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Runs one call.
   *
   * @param what the call, for messages
   * @param wait how long the grid itself may take to answer "empty" or "full"; the call time-out
   *     comes on top
   * @throws GridUnavailableException when there is no answer in time, or the grid is out of reach
   *     or closed
   */
  <T> T run(String what, Duration wait, Callable<T> call) {
    refuseWhileSilent(what);
    long start = System.nanoTime();
    Future<T> answer;
    try {
      answer = threads.submit(call);
    } catch (RejectedExecutionException e) {
      throw new GridUnavailableException(
          "the grid is closed or too many calls wait for it: call=" + what, e);
    }
    try {
      T result = answer.get(wait.plus(callTimeout).toMillis(), TimeUnit.MILLISECONDS);
      silent = false;
      return result;
    } catch (TimeoutException e) {
      answer.cancel(true);
      becomeSilent();
      throw new GridUnavailableException(
          "no answer from the grid in time: call=" + what + " callTimeout=" + callTimeout, e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new GridUnavailableException("interrupted in a call to the grid: call=" + what, e);
    } catch (CancellationException e) {
      throw new GridUnavailableException("the grid was closed: call=" + what, e);
    } catch (ExecutionException e) {
      if (System.nanoTime() - start - wait.toNanos() > callTimeout.toNanos() / 2) {
        // Hazelcast's own time-out was a little quicker than ours.
        becomeSilent();
      } else {
        silent = false;
      }
      throw failure(what, e.getCause() == null ? e : e.getCause());
    }
  }

  // Waiting the whole time-out for each call would make every range that much longer. Of all
  // threads
  // one finds out, now and then, whether the grid is back; the others go on from the ledger.
  private void refuseWhileSilent(String what) {
    if (silent) {
      long now = System.nanoTime();
      long probeAt = probeAtNanos.get();
      if (now - probeAt < 0
          || !probeAtNanos.compareAndSet(probeAt, now + 2 * callTimeout.toNanos())) {
        throw new GridUnavailableException("the grid is silent: call=" + what);
      }
    }
  }

  private void becomeSilent() {
    probeAtNanos.set(System.nanoTime() + callTimeout.toNanos());
    silent = true;
  }

  /** Calls under way are interrupted and fail. */
  @Override
  public void close() {
    threads.shutdownNow();
  }

  /**
   * Hazelcast says "not reachable" with exceptions of many families, plain IllegalStateException
   * among them. Whatever it was, the worker is to go on from the ledger, and the cause is kept for
   * the log.
   */
  private static GridUnavailableException failure(String what, Throwable cause) {
    return new GridUnavailableException(
        "the grid cannot be reached: call=" + what + " cause=" + cause.getMessage(), cause);
  }
}
