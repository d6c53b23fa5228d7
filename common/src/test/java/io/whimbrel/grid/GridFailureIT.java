// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.whimbrel.cluster.HostPort;
import io.whimbrel.store.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractStringAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A grid that is refused, gone, silent or back: no call hangs, and the worker finds it again. */
class GridFailureIT {
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final Duration CALL = Duration.ofSeconds(2);
  private static final Duration CONNECT = Duration.ofSeconds(3);

  /** What a call or a start may take on a busy machine beyond its own time-out. */
  private static final Duration SLACK = Duration.ofSeconds(5);

  private static final Duration LONG = Duration.ofSeconds(30);

  private final List<HazelcastGrid> open = new ArrayList<>();

  @AfterEach
  void close() {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  @Test
  void client_isRefusedInTime_whenItsSecretDiffers() {
    HostPort here = GridSamples.freePort();
    member(here, List.of(here), new Secret("right"));
    for (Secret wrong : new Secret[] {new Secret("wrong"), null}) {
      assertFailsWithin(CONNECT.plus(SLACK), () -> client(here, wrong))
          .contains("cluster secret", here.toString())
          .doesNotContain("wrong");
    }
    HazelcastGrid admitted = client(here, new Secret("right"));
    assertThat(admitted.queuedHints()).isZero();
  }

  @Test
  void client_failsInTime_whenNobodyListens() {
    HostPort nowhere = GridSamples.freePort();
    assertFailsWithin(CONNECT.plus(SLACK), () -> client(nowhere, null))
        .contains("no coordinator can be reached", nowhere.toString());
  }

  @Test
  void client_failsInTime_whenAServerIsSilent() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      HostPort there = new HostPort("127.0.0.1", silent.getLocalPort());
      assertFailsWithin(CONNECT.plus(SLACK), () -> client(there, null))
          .contains(there + " answers");
    }
  }

  @Test
  void member_failsToStart_whenItsPortIsTaken() {
    HostPort here = GridSamples.freePort();
    member(here, List.of(), null);
    assertFailsWithin(LONG, () -> member(here, List.of(), null)).contains(here.toString());
  }

  @Test
  void clientCalls_failFast_whileTheCoordinatorIsGone_andWorkAgain_whenItIsBack() {
    HostPort here = GridSamples.freePort();
    HazelcastGrid member = member(here, List.of(here), new Secret("s"));
    HazelcastGrid client = client(here, new Secret("s"));
    client.publishStats(GridSamples.stats("w"));
    assertThat(client.control()).isEmpty();

    member.hazelcast().getLifecycleService().terminate();

    assertFailsWithin(SHORT.plus(CALL).plus(SLACK), () -> client.pollHint(SHORT));
    eventually(LONG, () -> assertThat(client.size()).isEqualTo(new GridSize(0, 0)));
    assertFailsWithin(Duration.ofSeconds(1), () -> client.pollHint(LONG));
    assertFailsWithin(Duration.ofSeconds(1), () -> client.offerHint(1, LONG));
    assertFailsWithin(Duration.ofSeconds(1), () -> client.publishStats(GridSamples.stats("w")));
    assertFailsWithin(Duration.ofSeconds(1), client::control);
    assertFailsWithin(Duration.ofSeconds(1), member::stats);

    HazelcastGrid again = member(here, List.of(here), new Secret("s"));
    again.publishControl(GridSamples.control(2));
    assertThat(again.offerHint(42, SHORT)).isTrue();
    eventually(LONG, () -> assertThat(client.control()).hasValue(GridSamples.control(2)));
    client.publishStats(GridSamples.stats("w"));
    assertThat(again.stats()).containsExactly(GridSamples.stats("w"));
    assertThat(client.pollHint(CALL)).hasValue(42);
  }

  @Test
  void waitingPoll_failsInTime_whenTheCoordinatorDies() {
    HostPort here = GridSamples.freePort();
    HazelcastGrid member = member(here, List.of(here), null);
    HazelcastGrid client = client(here, null);
    assertThat(client.pollHint(SHORT)).isEmpty();
    Thread killer = new Thread(() -> member.hazelcast().getLifecycleService().terminate());
    assertFailsWithin(
        LONG,
        () -> {
          killer.start();
          client.pollHint(LONG.multipliedBy(10));
        });
  }

  @Test
  void calls_endInTime_whenTheMemberIsConnectedAndSilent() {
    HostPort here = GridSamples.freePort();
    HazelcastGrid member = member(here, List.of(here), null);
    HazelcastGrid client = client(here, null);
    CountDownLatch release = new CountDownLatch(1);
    try {
      stall(member.hazelcast(), HazelcastGrid.RANGES, release);
      assertFailsWithin(SHORT.plus(CALL).plus(SLACK), () -> client.pollHint(SHORT));
      assertFailsWithin(SHORT.plus(CALL).plus(SLACK), () -> client.offerHint(1, SHORT));
      assertFailsWithin(CALL.plus(SLACK), client::queuedHints);
      assertFailsWithin(CALL.plus(SLACK), client::clearHints);
      assertFailsWithin(SHORT.plus(CALL).plus(SLACK), () -> member.pollHint(SHORT));
    } finally {
      release.countDown();
    }
    eventually(LONG, () -> assertThat(client.offerHint(5, SHORT)).isTrue());
  }

  @Test
  void hints_survive_whenOneOfTwoCoordinatorsDies() {
    HostPort one = GridSamples.freePort();
    HostPort two = GridSamples.freePort();
    List<HostPort> both = List.of(one, two);
    HazelcastGrid first = member(one, both, new Secret("s"));
    HazelcastGrid standby = member(two, both, new Secret("s"));
    HazelcastGrid client = client(one, new Secret("s"));
    eventually(LONG, () -> assertThat(client.size().members()).isEqualTo(2));
    IntStream.range(0, 10).forEach(id -> assertThat(first.offerHint(id, SHORT)).isTrue());
    first.publishControl(GridSamples.control(1));
    eventually(
        LONG,
        () ->
            assertThat(standby.hazelcast().getPartitionService().isClusterSafe())
                .as("backups written")
                .isTrue());

    first.hazelcast().getLifecycleService().terminate();

    eventually(LONG, () -> assertThat(client.queuedHints()).isEqualTo(10));
    assertThat(client.control()).hasValue(GridSamples.control(1));
    assertThat(standby.size().members()).isEqualTo(1);
  }

  @Test
  void member_staysAlone_whenItsSecretDiffers() {
    HostPort one = GridSamples.freePort();
    HostPort two = GridSamples.freePort();
    List<HostPort> both = List.of(one, two);
    HazelcastGrid first = member(one, both, new Secret("right"));
    HazelcastGrid stranger = member(two, both, new Secret("wrong"));
    assertThat(first.size().members()).isEqualTo(1);
    assertThat(stranger.size().members()).isEqualTo(1);
  }

  private HazelcastGrid member(HostPort bind, List<HostPort> members, @Nullable Secret secret) {
    HazelcastGrid grid =
        HazelcastGrid.member(
            new MemberSettings(
                bind, members, secret, 100, CALL, MemberSettings.DEFAULT_STATS_TIME_TO_LIVE));
    open.add(grid);
    // The first call lays out the partitions, which may take longer than a call's time-out here.
    eventually(LONG, () -> assertThat(grid.queuedHints()).isNotNegative());
    return grid;
  }

  private HazelcastGrid client(HostPort member, @Nullable Secret secret) {
    HazelcastGrid grid =
        HazelcastGrid.client(new ClientSettings(List.of(member), secret, CALL, CONNECT));
    open.add(grid);
    return grid;
  }

  private static AbstractStringAssert<?> assertFailsWithin(Duration limit, Runnable call) {
    long start = System.nanoTime();
    GridUnavailableException failure =
        assertThatExceptionOfType(GridUnavailableException.class).isThrownBy(call::run).actual();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(limit);
    return assertThat(failure.getMessage());
  }

  /**
   * Occupies the one thread that serves the object's partition: connections and heartbeats go on,
   * answers do not come.
   */
  private static void stall(HazelcastInstance member, String object, CountDownLatch release) {
    IMap<String, String> map = member.getMap("stall");
    int partition = member.getPartitionService().getPartition(object).getPartitionId();
    String key =
        IntStream.iterate(0, i -> i + 1)
            .mapToObj(Integer::toString)
            .filter(k -> member.getPartitionService().getPartition(k).getPartitionId() == partition)
            .findFirst()
            .orElseThrow();
    CountDownLatch reached = new CountDownLatch(1);
    EntryProcessor<String, String, Boolean> wait =
        entry -> {
          reached.countDown();
          try {
            return release.await(1, TimeUnit.MINUTES);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
          }
        };
    map.submitToKey(key, wait);
    eventually(LONG, () -> reached.getCount() == 0);
  }
}
