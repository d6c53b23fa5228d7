// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import io.whimbrel.torture.PlannedFault.AtPoint;
import io.whimbrel.torture.PlannedFault.Victim;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The processes of a run and the relays between them. */
final class Cast implements AutoCloseable {

  /** Which part a process plays. */
  record Part(Victim victim, List<PlannedFault> faults) {}

  private static final List<Victim> WORKERS = List.of(Victim.WORKER_1, Victim.WORKER_2);

  private final Bench bench;
  private final RunPlan plan;
  private final TortureStore store;
  private final Path folder;
  private final Path faultLog;
  private final List<Jvm> all = new ArrayList<>();
  private final List<Jvm> leaders = new ArrayList<>();
  private final Map<Long, Part> parts = new HashMap<>();
  private final Map<Victim, Jvm> current = new EnumMap<>(Victim.class);
  private final Map<Victim, Integer> started = new EnumMap<>(Victim.class);
  private final Map<Victim, Relay> databaseRelays = new EnumMap<>(Victim.class);
  private final Set<PlannedFault> met = new HashSet<>();
  private final @Nullable Relay grid;

  Cast(Bench bench, RunPlan plan, TortureStore store, Path folder) throws IOException {
    this.bench = bench;
    this.plan = plan;
    this.store = store;
    this.folder = folder;
    this.faultLog = folder.resolve("faults.log");
    DatabaseServer server = bench.server();
    if (server == null) {
      grid = null;
    } else {
      grid = new Relay(0);
      for (Victim victim : Victim.values()) {
        databaseRelays.put(victim, new Relay(server.port()));
      }
    }
  }

  Path faultLog() {
    return faultLog;
  }

  List<Jvm> all() {
    return all;
  }

  List<Jvm> leaders() {
    return leaders;
  }

  @Nullable Jvm current(Victim victim) {
    return current.get(victim);
  }

  @Nullable Part partOf(long pid) {
    return parts.get(pid);
  }

  @Nullable Jvm byPid(long pid) {
    return all.stream().filter(jvm -> jvm.pid() == pid).findFirst().orElse(null);
  }

  @Nullable Relay databaseRelay(Victim victim) {
    return databaseRelays.get(victim);
  }

  @Nullable Relay grid() {
    return grid;
  }

  /** Processes that took the place of others. */
  int restarts() {
    return started.values().stream().mapToInt(count -> count - 1).sum();
  }

  int startedOf(Victim victim) {
    return started.getOrDefault(victim, 0);
  }

  /** Starts `migrate`, the first time or again. */
  void startLeader() throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("migrate", "--db-url", urlFor(Victim.COORDINATOR)));
    arguments.addAll(
        List.of("--backup", "none", "--report-dir", folder.resolve("reports").toString()));
    if (plan.batchSize() > 0) {
      arguments.addAll(List.of("--batch-size", Integer.toString(plan.batchSize())));
    }
    List<String> properties = new ArrayList<>();
    if (grid == null) {
      arguments.addAll(List.of("--workers", "2"));
    } else {
      int port = freePort();
      arguments.addAll(List.of("--workers", "0", "--bind", "127.0.0.1:" + port));
      // Workers that lost it must not come back past the relay.
      properties.add("-Dhazelcast.local.publicAddress=127.0.0.1:" + grid.port());
      grid.aimAt(port);
    }
    leaders.add(start(Victim.COORDINATOR, "migrate", plan.faults(), properties, arguments));
  }

  /** Starts `rollback`. */
  Jvm startUndoing() throws IOException {
    started.merge(Victim.COORDINATOR, 1, Integer::sum);
    return start(
        new Part(Victim.COORDINATOR, plan.undoFaults()),
        "rollback",
        List.of(),
        List.of("rollback", "--db-url", urlFor(Victim.COORDINATOR)));
  }

  /** Starts `cancel`, which no fault is meant for. */
  Jvm startCancelling() throws IOException {
    return start(null, "cancel", List.of(), List.of("cancel", "--db-url", store.url()));
  }

  /** Starts workers that are not there; without a grid there are none. */
  void startMissingWorkers(int timesMax) throws IOException {
    if (grid == null) {
      return;
    }
    for (Victim worker : WORKERS) {
      Jvm jvm = current.get(worker);
      if ((jvm == null || !jvm.isAlive()) && startedOf(worker) < timesMax) {
        start(
            worker,
            "worker",
            plan.faults(),
            List.of(),
            List.of(
                "worker",
                "--db-url",
                urlFor(worker),
                "--coordinator",
                "127.0.0.1:" + grid.port(),
                "--threads",
                "1"));
      }
    }
  }

  private Jvm start(
      Victim victim,
      String role,
      List<PlannedFault> faults,
      List<String> properties,
      List<String> arguments)
      throws IOException {
    started.merge(victim, 1, Integer::sum);
    Jvm jvm = start(new Part(victim, faults), role, properties, arguments);
    current.put(victim, jvm);
    return jvm;
  }

  private Jvm start(
      @Nullable Part part, String role, List<String> properties, List<String> arguments)
      throws IOException {
    Map<String, String> environment = new HashMap<>();
    if (part != null) {
      environment.put("WHIMBREL_FAULT", rules(part));
      environment.put("WHIMBREL_FAULT_LOG", faultLog.toString());
    }
    List<String> options = new ArrayList<>(properties);
    options.add("-Dwhimbrel.log.level=INFO");
    options.add("-Dwhimbrel.lease.worker.millis=" + Bench.LEASE_MILLIS);
    options.add("-Dwhimbrel.lease.leader.millis=" + Bench.LEASE_MILLIS);
    String name = all.size() + "-" + role;
    Jvm jvm =
        Jvm.start(
            bench.launch(),
            bench.database() + "-" + role,
            folder,
            name,
            environment,
            options,
            arguments);
    all.add(jvm);
    if (part != null) {
      parts.put(jvm.pid(), part);
    }
    return jvm;
  }

  private String rules(Part part) {
    List<String> rules = new ArrayList<>();
    for (PlannedFault fault : part.faults()) {
      if (fault.victim() == part.victim()
          && fault.trigger() instanceof AtPoint at
          && !met.contains(fault)) {
        rules.add(fault.rule(at));
      }
    }
    return String.join(",", rules);
  }

  boolean isMet(PlannedFault fault) {
    return met.contains(fault);
  }

  /** A fault at a point has happened: no other process is to meet it. */
  void met(PlannedFault fault) {
    met.add(fault);
  }

  private String urlFor(Victim victim) {
    Relay relay = databaseRelays.get(victim);
    return relay != null && store instanceof PostgresTorture postgres
        ? postgres.url(relay.port())
        : store.url();
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    for (Jvm jvm : all) {
      jvm.close();
    }
    for (Relay relay : databaseRelays.values()) {
      relay.close();
    }
    if (grid != null) {
      grid.close();
    }
  }
}
