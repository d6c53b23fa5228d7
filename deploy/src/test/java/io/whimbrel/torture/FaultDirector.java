// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.torture.PlannedFault.AtMillis;
import io.whimbrel.torture.PlannedFault.AtPoint;
import io.whimbrel.torture.PlannedFault.CrashServer;
import io.whimbrel.torture.PlannedFault.CutDatabase;
import io.whimbrel.torture.PlannedFault.CutGrid;
import io.whimbrel.torture.PlannedFault.Deed;
import io.whimbrel.torture.PlannedFault.Fail;
import io.whimbrel.torture.PlannedFault.Kill;
import io.whimbrel.torture.PlannedFault.Stop;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Brings about the faults of a plan, and ends those that end. Told of the time by its caller. */
final class FaultDirector {

  private interface Act {
    void run() throws IOException, InterruptedException;
  }

  private record Ending(long atMillis, Act act) {}

  private final Cast cast;
  private final @Nullable DatabaseServer server;
  private final List<PlannedFault> timed;
  private final List<Ending> endings = new ArrayList<>();
  private final List<RunResult.Fired> fired = new ArrayList<>();
  private final Set<Long> replaced = new HashSet<>();
  private long logOffset;

  FaultDirector(Cast cast, RunPlan plan, @Nullable DatabaseServer server) {
    this.cast = cast;
    this.server = server;
    this.timed =
        new ArrayList<>(
            plan.faults().stream().filter(fault -> fault.trigger() instanceof AtMillis).toList());
  }

  List<RunResult.Fired> fired() {
    return fired;
  }

  /** Whether another process may take the place of this one, which is frozen. */
  boolean isToBeReplaced(Jvm frozen) {
    return frozen.isStopped() && replaced.contains(frozen.pid());
  }

  /** Does what is due at this time after the first start. */
  void tick(long millis) throws IOException, InterruptedException {
    for (String line : newLines()) {
      follow(line, millis);
    }
    for (Iterator<PlannedFault> left = timed.iterator(); left.hasNext(); ) {
      PlannedFault fault = left.next();
      if (fault.trigger() instanceof AtMillis at && at.millis() <= millis) {
        left.remove();
        Jvm jvm = cast.current(fault.victim());
        if (jvm != null && jvm.isAlive() && !jvm.isStopped()) {
          bringAbout(fault, jvm, millis, false);
        }
      }
    }
    for (Ending ending : List.copyOf(endings)) {
      if (ending.atMillis() <= millis) {
        endings.remove(ending);
        ending.act().run();
      }
    }
  }

  /** Ends whatever goes on: nothing is cut, nobody is frozen. */
  void endAll() throws IOException, InterruptedException {
    timed.clear();
    for (Ending ending : List.copyOf(endings)) {
      ending.act().run();
    }
    endings.clear();
    for (Jvm jvm : cast.all()) {
      if (jvm.isStopped()) {
        jvm.goOn();
      }
    }
  }

  private List<String> newLines() throws IOException {
    if (!Files.exists(cast.faultLog())) {
      return List.of();
    }
    try (RandomAccessFile file = new RandomAccessFile(cast.faultLog().toFile(), "r")) {
      byte[] bytes = new byte[(int) (file.length() - logOffset)];
      file.seek(logOffset);
      file.readFully(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      String whole = text.substring(0, text.lastIndexOf('\n') + 1);
      logOffset += whole.getBytes(StandardCharsets.UTF_8).length;
      return whole.lines().toList();
    }
  }

  // A line is: process id, point, action.
  private void follow(String line, long millis) throws IOException, InterruptedException {
    String[] words = line.split(" ", -1);
    long pid = Long.parseLong(words[0]);
    Cast.Part part = cast.partOf(pid);
    Jvm jvm = cast.byPid(pid);
    if (part == null || jvm == null) {
      throw new IllegalStateException("a fault of an unknown process: " + line);
    }
    // Of two alike, the one with the earlier hit comes first in any process. One that was met can
    // be met again by a process that was frozen since.
    PlannedFault fault =
        part.faults().stream()
            .filter(planned -> planned.victim() == part.victim())
            .filter(planned -> planned.place().equals(words[1]))
            .filter(planned -> planned.deed().action().equals(words[2]))
            .min(
                Comparator.<PlannedFault, Boolean>comparing(cast::isMet)
                    .thenComparing(planned -> ((AtPoint) planned.trigger()).hit()))
            .orElseThrow(() -> new IllegalStateException("a fault that was not planned: " + line));
    cast.met(fault);
    bringAbout(fault, jvm, millis, true);
  }

  private void bringAbout(PlannedFault fault, Jvm jvm, long millis, boolean byItself)
      throws IOException, InterruptedException {
    Deed deed = fault.deed();
    boolean happened = true;
    if (deed instanceof Kill) {
      if (!byItself) {
        jvm.kill();
      }
    } else if (deed instanceof Stop stop) {
      if (byItself) {
        jvm.isStoppedNow();
      } else {
        jvm.stop();
      }
      if (stop.replaced()) {
        replaced.add(jvm.pid());
      }
      endings.add(new Ending(millis + stop.millis(), jvm::goOn));
    } else if (deed instanceof CutDatabase cut) {
      happened = cut(cast.databaseRelay(fault.victim()), cut.cut(), millis + cut.millis());
    } else if (deed instanceof CutGrid cut) {
      happened = cut(cast.grid(), cut.cut(), millis + cut.millis());
    } else if (deed instanceof CrashServer && server != null) {
      server.crash();
    } else if (!(deed instanceof Fail)) {
      throw new IllegalStateException("nobody can do this: " + deed);
    }
    if (happened) {
      fired.add(new RunResult.Fired(deed.kind(), fault.place()));
    }
  }

  // A cut between nobody is none.
  private boolean cut(@Nullable Relay relay, Relay.Cut how, long untilMillis) {
    if (relay == null) {
      return false;
    }
    int open = relay.cut(how);
    endings.add(new Ending(untilMillis, relay::heal));
    return open > 0;
  }
}
