// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import io.whimbrel.cluster.HostPort;
import io.whimbrel.store.Secret;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a coordinator takes part in the grid.
 *
 * @param bind the one address to listen on, and the one others reach it by; never a wildcard
 * @param members all coordinators; this one may be among them
 * @param clusterSecret what coordinators and workers share, needed beyond loopback
 * @param queueCapacity most hints in the queue
 * @param callTimeout longest wait for an answer, from 1 s
 * @param statsTimeToLive how long a worker's numbers stay without being published again, from 1 s,
 *     whole seconds
 */
public record MemberSettings(
    HostPort bind,
    List<HostPort> members,
    @Nullable Secret clusterSecret,
    int queueCapacity,
    Duration callTimeout,
    Duration statsTimeToLive) {
  /** The port of a coordinator unless told otherwise. */
  public static final int DEFAULT_PORT = 5701;

  /** Where a coordinator listens unless told otherwise. */
  public static final HostPort DEFAULT_BIND = new HostPort("127.0.0.1", DEFAULT_PORT);

  public static final int DEFAULT_QUEUE_CAPACITY = 1_000;
  public static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(5);
  public static final Duration DEFAULT_STATS_TIME_TO_LIVE = Duration.ofSeconds(30);

  public MemberSettings {
    members = List.copyOf(members);
    ClusterName.requireUsable(clusterSecret);
    if (queueCapacity < 1) {
      throw new IllegalArgumentException("the queue holds nothing: queueCapacity=" + queueCapacity);
    }
    requireSecondOrMore("callTimeout", callTimeout);
    requireSecondOrMore("statsTimeToLive", statsTimeToLive);
  }

  /** The usual queue capacity and times. */
  public static MemberSettings of(
      HostPort bind, List<HostPort> members, @Nullable Secret clusterSecret) {
    return new MemberSettings(
        bind,
        members,
        clusterSecret,
        DEFAULT_QUEUE_CAPACITY,
        DEFAULT_CALL_TIMEOUT,
        DEFAULT_STATS_TIME_TO_LIVE);
  }

  /**
   * Times go to the grid in whole seconds or int milliseconds; an hour is far more than any of them
   * can want.
   */
  static void requireSecondOrMore(String name, Duration duration) {
    if (duration.compareTo(Duration.ofSeconds(1)) < 0
        || duration.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "not between a second and an hour: " + name + "=" + duration);
    }
  }
}
