// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import io.whimbrel.cluster.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;

/** Values for the grid's tests. */
final class GridSamples {
  private GridSamples() {}

  /** Every number is another one, so that two fields that change places show. */
  static WorkerStats stats(String workerId) {
    return new WorkerStats(
        workerId, 1, "host-a", 2, List.of(3L, 1L << 40), 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
  }

  static ControlState control(long epoch) {
    return new ControlState(7, epoch, "COPYING", true, "replica lag", 50);
  }

  /** A port that was free a moment ago. */
  static HostPort freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new HostPort("127.0.0.1", socket.getLocalPort());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
