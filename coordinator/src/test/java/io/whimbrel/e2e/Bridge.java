// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A way to a local port that can be cut and mended. */
final class Bridge implements AutoCloseable {

  private final ServerSocket server;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;

  Bridge(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** Breaks every connection, and lets none through. */
  void cut() {
    cut = true;
    sockets.forEach(Bridge::close);
  }

  void mend() {
    cut = false;
  }

  private void accept() {
    while (true) {
      try {
        Socket from = server.accept();
        if (cut) {
          close(from);
          continue;
        }
        Socket to = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(from);
        sockets.add(to);
        start(() -> carry(from, to));
        start(() -> carry(to, from));
      } catch (IOException e) {
        // When it is only the target that is away, whoever connects sees it.
        if (server.isClosed()) {
          return;
        }
      }
    }
  }

  private void carry(Socket from, Socket to) {
    try (InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      in.transferTo(out);
    } catch (IOException e) {
      // Cut, or one of the two has left: both ends are told.
      return;
    } finally {
      sockets.remove(from);
      sockets.remove(to);
      close(from);
      close(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more either way.
      return;
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "bridge");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
