// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.hazelcast.nio.serialization.HazelcastSerializationException;
import io.whimbrel.cluster.HostPort;
import io.whimbrel.store.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One coordinator and two workers that stay up: what the grid objects do. */
class HazelcastGridIT {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final int CAPACITY = 50;
  private static final Secret SECRET = new Secret("shared by the test");

  private static HazelcastGrid member;
  private static HazelcastGrid first;
  private static HazelcastGrid second;

  @BeforeAll
  static void start() {
    HostPort here = GridSamples.freePort();
    member =
        HazelcastGrid.member(
            new MemberSettings(
                here,
                List.of(here),
                SECRET,
                CAPACITY,
                MemberSettings.DEFAULT_CALL_TIMEOUT,
                Duration.ofSeconds(2)));
    first = HazelcastGrid.client(ClientSettings.of(List.of(here), SECRET));
    second = HazelcastGrid.client(ClientSettings.of(List.of(here), SECRET));
  }

  @AfterAll
  static void stop() {
    second.close();
    first.close();
    member.close();
  }

  @AfterEach
  void clear() {
    member.clearHints();
    member.hazelcast().getMap(HazelcastGrid.STATS).clear();
  }

  @Test
  void hints_travelOnce_whenTwoWorkersPoll() {
    CompletableFuture<List<Long>> one = CompletableFuture.supplyAsync(() -> drain(first));
    CompletableFuture<List<Long>> two = CompletableFuture.supplyAsync(() -> drain(second));
    for (long id = 1; id <= 4 * CAPACITY; id++) {
      assertThat(member.offerHint(id, LONG)).isTrue();
    }
    List<Long> all = new ArrayList<>(one.join());
    all.addAll(two.join());
    assertThat(all)
        .containsExactlyInAnyOrderElementsOf(
            LongStream.rangeClosed(1, 4 * CAPACITY).boxed().toList());
  }

  @Test
  void offerHint_isRefused_whenQueueStaysFull() {
    for (long id = 1; id <= CAPACITY; id++) {
      assertThat(member.offerHint(id, SHORT)).isTrue();
    }
    assertThat(member.offerHint(99, SHORT)).isFalse();
    assertThat(first.offerHint(99, SHORT)).isFalse();
    assertThat(first.queuedHints()).isEqualTo(CAPACITY);
    assertThat(first.pollHint(SHORT)).hasValue(1);
    assertThat(member.offerHint(99, SHORT)).isTrue();
    first.clearHints();
    assertThat(member.queuedHints()).isZero();
  }

  @Test
  void pollHint_isEmptyInTime_whenThereIsNoHint() {
    long start = System.nanoTime();
    assertThat(first.pollHint(SHORT)).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, LONG);
  }

  @Test
  void stats_travelWhole_andExpire_whenNotPublishedAgain() {
    first.publishStats(GridSamples.stats("w-1"));
    second.publishStats(GridSamples.stats("w-2"));
    assertThat(member.stats()).containsExactly(GridSamples.stats("w-1"), GridSamples.stats("w-2"));
    assertThat(second.stats()).isEqualTo(member.stats());
    second.removeStats("w-2");
    assertThat(member.stats()).containsExactly(GridSamples.stats("w-1"));
    eventually(LONG, () -> assertThat(member.stats()).isEmpty());
    assertThat(first.stats()).isEmpty();
  }

  @Test
  void control_isSeenByWorkers_whenTheCoordinatorPublishes() {
    ControlState noThrottle = new ControlState(7, 3, "COPYING", false, null, 100);
    member.publishControl(noThrottle);
    assertThat(first.control()).hasValue(noThrottle);
    member.publishControl(GridSamples.control(4));
    assertThat(second.control()).hasValue(GridSamples.control(4));
  }

  @Test
  void size_countsWorkers_onTheCoordinator() {
    eventually(LONG, () -> assertThat(member.size()).isEqualTo(new GridSize(1, 2)));
    assertThat(first.size()).isEqualTo(new GridSize(1, 1));
  }

  @Test
  void foreignEntries_areNotRead_butDoNotHideOurs() {
    first.publishStats(GridSamples.stats("w-1"));
    // Writing is the writer's affair; nobody in the grid reads Java's own serialization.
    var map = second.hazelcast().<String, Object>getMap(HazelcastGrid.STATS);
    map.set("w-0", new ForeignObject("x"));
    map.set("w-9", "a text");
    assertThatExceptionOfType(HazelcastSerializationException.class)
        .isThrownBy(() -> map.get("w-0"));
    assertThatExceptionOfType(HazelcastSerializationException.class)
        .isThrownBy(() -> member.hazelcast().getMap(HazelcastGrid.STATS).get("w-0"));
    assertThat(member.stats()).containsExactly(GridSamples.stats("w-1"));
    assertThat(first.stats()).containsExactly(GridSamples.stats("w-1"));
    assertThat(ForeignObject.created).as("objects made from the bytes").hasValue(1);

    var queue = second.hazelcast().<Object>getQueue(HazelcastGrid.RANGES);
    assertThat(queue.offer("a text")).isTrue();
    assertThat(queue.offer(8L)).isTrue();
    assertThat(member.pollHint(SHORT)).isEmpty();
    assertThat(member.pollHint(SHORT)).hasValue(8);
  }

  private static List<Long> drain(Grid grid) {
    List<Long> taken = new ArrayList<>();
    OptionalLong hint = grid.pollHint(Duration.ofSeconds(2));
    while (hint.isPresent()) {
      taken.add(hint.getAsLong());
      hint = grid.pollHint(Duration.ofSeconds(2));
    }
    return taken;
  }
}
