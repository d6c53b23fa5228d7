// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.faults.FaultPoint;
import io.whimbrel.torture.Relay.Cut;
import java.util.Locale;

/** A fault that a run is to meet, if it lives long enough. */
record PlannedFault(Victim victim, Trigger trigger, Deed deed) {

  /** Whom it happens to. */
  enum Victim {
    COORDINATOR,
    WORKER_1,
    WORKER_2
  }

  /** When it happens. */
  sealed interface Trigger {}

  /**
   * At the hit of a point, counted from 1 in each process; the first process of that part to get
   * there meets it.
   */
  record AtPoint(FaultPoint point, int hit) implements Trigger {}

  /** At a time after the first process was started. */
  record AtMillis(long millis) implements Trigger {}

  /** What happens. */
  sealed interface Deed {
    /** The word in the environment that makes a process take part in it at a point. */
    String action();

    /** How it is counted. */
    String kind();
  }

  record Kill() implements Deed {
    @Override
    public String action() {
      return "halt";
    }

    @Override
    public String kind() {
      return "kill";
    }
  }

  /**
   * SIGSTOP, and SIGCONT after longer than a lease.
   *
   * @param replaced whether another process takes its place meanwhile
   */
  record Stop(long millis, boolean replaced) implements Deed {
    @Override
    public String action() {
      return "stop";
    }

    @Override
    public String kind() {
      return replaced ? "stop, replaced" : "stop";
    }
  }

  /** An error as of a lost connection, within the process. */
  record Fail() implements Deed {
    @Override
    public String action() {
      return "error";
    }

    @Override
    public String kind() {
      return "error";
    }
  }

  record CutDatabase(Cut cut, long millis) implements Deed {
    @Override
    public String action() {
      return "call";
    }

    @Override
    public String kind() {
      return "cut database, " + cut.name().toLowerCase(Locale.ROOT);
    }
  }

  record CutGrid(Cut cut, long millis) implements Deed {
    @Override
    public String action() {
      return "call";
    }

    @Override
    public String kind() {
      return "cut grid, " + cut.name().toLowerCase(Locale.ROOT);
    }
  }

  /** The database server loses its memory and starts again. */
  record CrashServer() implements Deed {
    @Override
    public String action() {
      return "call";
    }

    @Override
    public String kind() {
      return "crash server";
    }
  }

  /** Where it is counted. */
  String place() {
    return trigger instanceof AtPoint at ? at.point().word() : "at random";
  }

  /** As it is written in the environment of the process that it is for. */
  String rule(AtPoint at) {
    return at.point().word() + ":" + deed.action() + ":" + at.hit();
  }
}
