// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import io.whimbrel.cluster.HostPort;
import io.whimbrel.store.Secret;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a worker reaches the grid.
 *
 * @param members the coordinators, at least one
 * @param clusterSecret the coordinators' secret
 * @param callTimeout longest wait for an answer, from 1 s
 * @param connectTimeout longest wait for the first connection, from 1 s; later ones are waited for
 *     as long as the worker lives
 */
public record ClientSettings(
    List<HostPort> members,
    @Nullable Secret clusterSecret,
    Duration callTimeout,
    Duration connectTimeout) {
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(20);

  public ClientSettings {
    members = List.copyOf(members);
    if (members.isEmpty()) {
      throw new IllegalArgumentException("a worker needs the address of a coordinator");
    }
    ClusterName.requireUsable(clusterSecret);
    MemberSettings.requireSecondOrMore("callTimeout", callTimeout);
    MemberSettings.requireSecondOrMore("connectTimeout", connectTimeout);
  }

  /** The usual times. */
  public static ClientSettings of(List<HostPort> members, @Nullable Secret clusterSecret) {
    return new ClientSettings(
        members, clusterSecret, MemberSettings.DEFAULT_CALL_TIMEOUT, DEFAULT_CONNECT_TIMEOUT);
  }
}
