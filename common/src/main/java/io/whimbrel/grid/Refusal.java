// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

import io.whimbrel.cluster.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Tells a person why a worker was not let in: nobody listens there, or somebody does and refuses.
 * The client itself says the same in both cases.
 */
final class Refusal {
  private static final int PROBE_MILLIS = 500;

  private Refusal() {}

  static String describe(ClientSettings settings) {
    String tried =
        " coordinators=" + settings.members() + " connectTimeout=" + settings.connectTimeout();
    for (HostPort member : settings.members()) {
      if (listens(member)) {
        return "the grid did not let this worker in: "
            + member
            + " answers; is it a coordinator, and is the cluster secret the same here and there?"
            + tried;
      }
    }
    return "no coordinator can be reached: is one running at this address?" + tried;
  }

  private static boolean listens(HostPort member) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(member.host(), member.port()), PROBE_MILLIS);
      return true;
    } catch (IOException e) {
      // An unknown host ends here as well: nobody listens.
      return false;
    }
  }
}
