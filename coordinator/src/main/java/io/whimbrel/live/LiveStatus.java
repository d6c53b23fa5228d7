// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a migration is, as the live page, the control API and {@code whimbrel status --json} tell
 * it. Its JSON form is public and described in docs/openapi.json. Times are ISO 8601 in UTC, rates
 * and shares fractions from 0 to 1, sizes plain bytes.
 *
 * @param store the store's address without a password
 * @param reason why it failed, was rolled back or is paused
 * @param at when this was read, by the database's clock
 * @param source who tells: the coordinator, or the ledger alone
 * @param throttle why the workers go slower, null at full speed or when nobody tells
 * @param backlogKeys changes of the application that are not carried over, null when none are
 *     logged
 * @param acts what may be asked now
 * @param events the latest last; only the coordinator remembers them
 */
public record LiveStatus(
    int apiVersion,
    long migrationId,
    String store,
    String kind,
    String state,
    boolean paused,
    boolean cancelRequested,
    boolean cutOverPostponed,
    @Nullable String reason,
    String startedAt,
    @Nullable String finishedAt,
    String at,
    Source source,
    Lead lead,
    Step step,
    Memories memories,
    Bytes bytes,
    List<RangeCount> ranges,
    List<Worker> workers,
    List<Problem> problems,
    @Nullable String throttle,
    @Nullable Long backlogKeys,
    List<Act> acts,
    List<Event> events) {

  public static final int API_VERSION = 1;

  public LiveStatus {
    ranges = List.copyOf(ranges);
    workers = List.copyOf(workers);
    problems = List.copyOf(problems);
    acts = List.copyOf(acts);
    events = List.copyOf(events);
  }

  /** Who tells. */
  public enum Source {
    COORDINATOR,
    LEDGER
  }

  /** Who leads: {@code live} is false when its lease has run out. */
  public record Lead(@Nullable String coordinatorId, boolean live, long epoch) {}

  /**
   * What is counted towards an end now. {@code name} is a range kind in lower case, {@code total} 0
   * while it is unknown, {@code fraction} null then; {@code secondsLeft} is null while nobody can
   * tell.
   */
  public record Step(
      String name,
      long done,
      long total,
      @Nullable Double fraction,
      double memoriesPerSecond,
      @Nullable Long secondsLeft) {}

  /** Counts of memories, and the failure rate beside its limit. */
  public record Memories(
      long total,
      long migrated,
      long packed,
      long inline,
      long quarantined,
      long warned,
      double lazyLoadingRatio,
      double failureRate,
      double maxFailureRate) {}

  /**
   * Content of committed ranges: as it was stored, as text, compressed; the ratio is text over
   * compressed, null before anything is compressed.
   */
  public record Bytes(long stored, long raw, long compressed, @Nullable Double compressionRatio) {}

  /** How many ranges of a kind are in a state. */
  public record RangeCount(String kind, String state, long ranges) {}

  /** A worker; its share is that of all memories of the step. */
  public record Worker(
      String id,
      String host,
      int threads,
      boolean live,
      long ranges,
      long memories,
      double share,
      double memoriesPerSecond,
      List<Held> holds) {
    public Worker {
      holds = List.copyOf(holds);
    }
  }

  /** A range that a worker works on now. */
  public record Held(long rangeId, String kind, int attempt) {}

  /** Memories that share a problem; {@code severity} is BLOCKED, QUARANTINE or WARNING. */
  public record Problem(String severity, String reason, String meaning, long memories) {}

  /** Something that happened. */
  public record Event(String at, String text) {}

  /** The same with what only the coordinator knows. */
  LiveStatus told(Step newStep, @Nullable String newThrottle, List<Event> newEvents) {
    return new LiveStatus(
        apiVersion,
        migrationId,
        store,
        kind,
        state,
        paused,
        cancelRequested,
        cutOverPostponed,
        reason,
        startedAt,
        finishedAt,
        at,
        Source.COORDINATOR,
        lead,
        newStep,
        memories,
        bytes,
        ranges,
        workers,
        problems,
        newThrottle,
        backlogKeys,
        acts,
        newEvents);
  }
}
