// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import com.hazelcast.client.HazelcastClient;
import com.hazelcast.collection.IQueue;
import com.hazelcast.config.Config;
import com.hazelcast.config.ListenerConfig;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The grid of a cluster: coordinators are Hazelcast members, workers are its clients. Thread-safe.
 * What others put into the grid objects is not trusted to be ours: an entry of another type is
 * skipped with a warning.
 */
public final class HazelcastGrid implements Grid {
  static final String RANGES = "ranges";
  static final String STATS = "stats";
  static final String CONTROL = "control";
  private static final String CONTROL_KEY = "state";
  private static final Logger log = LoggerFactory.getLogger(HazelcastGrid.class);

  private final HazelcastInstance hazelcast;
  private final Supplier<GridSize> size;
  private final BoundedCalls calls;
  private final AtomicBoolean closed = new AtomicBoolean();

  private HazelcastGrid(
      HazelcastInstance hazelcast, Supplier<GridSize> size, Duration callTimeout) {
    this.hazelcast = hazelcast;
    this.size = size;
    this.calls = new BoundedCalls("grid-call", callTimeout);
  }

  /**
   * Starts a coordinator's part and joins the other coordinators that are up.
   *
   * @throws IllegalArgumentException when the bind address is unknown, a wildcard, or beyond
   *     loopback without a secret
   * @throws GridUnavailableException when it cannot start, for one because the port is taken
   */
  public static HazelcastGrid member(MemberSettings settings) {
    Config config = MemberConfig.of(settings);
    GridLogging.install();
    HazelcastInstance member;
    try {
      member = Hazelcast.newHazelcastInstance(config);
    } catch (RuntimeException e) {
      throw new GridUnavailableException(
          "the grid cannot start: bind=" + settings.bind() + " cause=" + e.getMessage(), e);
    }
    Supplier<GridSize> size =
        () ->
            new GridSize(
                member.getCluster().getMembers().size(),
                member.getClientService().getConnectedClients().size());
    log.info("grid joined bind={} members={}", settings.bind(), size.get().members());
    return new HazelcastGrid(member, size, settings.callTimeout());
  }

  /**
   * Connects a worker's part; from then on it reconnects by itself until it is closed.
   *
   * @throws GridUnavailableException when no coordinator lets it in within the connect time-out
   */
  public static HazelcastGrid client(ClientSettings settings) {
    GridLogging.install();
    ConnectionWatch watch = new ConnectionWatch();
    HazelcastInstance client =
        HazelcastClient.newHazelcastClient(
            WorkerConfig.of(settings).addListenerConfig(new ListenerConfig(watch)));
    if (!watch.awaitFirst(settings.connectTimeout())) {
      client.shutdown();
      throw new GridUnavailableException(Refusal.describe(settings));
    }
    Supplier<GridSize> size =
        () ->
            watch.connected()
                ? new GridSize(client.getCluster().getMembers().size(), 1)
                : new GridSize(0, 0);
    log.info("grid connected members={}", settings.members());
    return new HazelcastGrid(client, size, settings.callTimeout());
  }

  @Override
  public boolean offerHint(long rangeId, Duration timeout) {
    return calls.run(
        "offerHint",
        timeout,
        () -> ranges().offer(rangeId, timeout.toMillis(), TimeUnit.MILLISECONDS));
  }

  @Override
  public OptionalLong pollHint(Duration timeout) {
    return calls.run(
        "pollHint",
        timeout,
        () -> GridEntries.asHint(ranges().poll(timeout.toMillis(), TimeUnit.MILLISECONDS)));
  }

  @Override
  public int queuedHints() {
    return now("queuedHints", () -> ranges().size());
  }

  @Override
  public void clearHints() {
    now("clearHints", () -> ranges().clear());
  }

  @Override
  public void publishStats(WorkerStats stats) {
    now("publishStats", () -> map(STATS).set(stats.workerId(), stats));
  }

  @Override
  public List<WorkerStats> stats() {
    return now("stats", () -> GridEntries.asStats(map(STATS).values()));
  }

  @Override
  public void removeStats(String workerId) {
    now("removeStats", () -> map(STATS).delete(workerId));
  }

  @Override
  public void publishControl(ControlState state) {
    now("publishControl", () -> map(CONTROL).set(CONTROL_KEY, state));
  }

  @Override
  public Optional<ControlState> control() {
    return now("control", () -> GridEntries.asControl(map(CONTROL).get(CONTROL_KEY)));
  }

  @Override
  public GridSize size() {
    return now("size", size::get);
  }

  /** A member hands its data to the others first; bounded by seconds, as the data is only hints. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      calls.close();
      hazelcast.shutdown();
    }
  }

  /** For tests that look behind the interface or end a member without its leave. */
  HazelcastInstance hazelcast() {
    return hazelcast;
  }

  // The proxies are fetched inside the bounded calls: making one asks the cluster.

  private IQueue<Object> ranges() {
    return hazelcast.getQueue(RANGES);
  }

  private IMap<String, Object> map(String name) {
    return hazelcast.getMap(name);
  }

  private <T> T now(String what, Callable<T> call) {
    return calls.run(what, Duration.ZERO, call);
  }

  private void now(String what, Runnable call) {
    calls.run(
        what,
        Duration.ZERO,
        () -> {
          call.run();
          return true;
        });
  }
}
