// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.grid;

/**
 * Who is connected: coordinators (members) and workers (clients). A member counts the clients
 * connected to it; a client knows only itself, so it reports one client, and no members and no
 * clients while it is cut off.
 */
public record GridSize(int members, int clients) {
  public GridSize {
    if (members < 0 || clients < 0) {
      throw new IllegalArgumentException(
          "negative grid size: members=" + members + " clients=" + clients);
    }
  }
}
