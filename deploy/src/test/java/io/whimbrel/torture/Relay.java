// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.torture;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Passes bytes between a port of its own and another on loopback, until it is told to cut. */
final class Relay implements AutoCloseable {

  /** How a connection is cut. */
  enum Cut {
    /** Open connections are reset, new ones too. */
    RESET,
    /** Nothing passes either way; what was sent meanwhile arrives when the cut is healed. */
    STALL,
    /** Requests arrive, answers do not; what is open is reset when the cut is healed. */
    DEAF
  }

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final ServerSocket server;
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private volatile int target;
  private volatile boolean stalledThere;
  private volatile boolean stalledBack;
  private volatile boolean refusing;
  private volatile boolean closed;

  Relay(int target) throws IOException {
    this.target = target;
    this.server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    daemon("relay", this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** New connections go to another port from now on. */
  void aimAt(int port) {
    target = port;
  }

  /** Cuts until it is healed; how many connections were open. */
  int cut(Cut how) {
    int open = links.size();
    switch (how) {
      case RESET -> {
        refusing = true;
        links.forEach(Link::reset);
      }
      case STALL -> {
        stalledThere = true;
        stalledBack = true;
      }
      case DEAF -> stalledBack = true;
    }
    return open;
  }

  void heal() {
    if (stalledBack && !stalledThere) {
      links.forEach(Link::reset);
    }
    refusing = false;
    stalledThere = false;
    stalledBack = false;
  }

  private void accept() {
    while (!closed) {
      try {
        Socket client = server.accept();
        daemon("relay-open", () -> open(client));
      } catch (IOException e) {
        if (closed) {
          return;
        }
      }
    }
  }

  private void open(Socket client) {
    try {
      client.setTcpNoDelay(true);
      Socket away = new Socket();
      Link link = new Link(client, away);
      if (refusing) {
        link.reset();
        return;
      }
      away.setTcpNoDelay(true);
      away.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5_000);
      links.add(link);
      if (refusing || closed) {
        link.reset();
        return;
      }
      daemon("relay-there", () -> pump(link, client, away, true));
      daemon("relay-back", () -> pump(link, away, client, false));
    } catch (IOException e) {
      reset(client);
    }
  }

  private void pump(Link link, Socket from, Socket to, boolean there) {
    byte[] buffer = new byte[1 << 16];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int read = in.read(buffer);
      while (read >= 0) {
        while (there ? stalledThere : stalledBack) {
          if (from.isClosed()) {
            return;
          }
          LockSupport.parkNanos(LOOK_NANOS);
        }
        out.write(buffer, 0, read);
        read = in.read(buffer);
      }
      to.shutdownOutput();
      link.ended(there);
    } catch (IOException e) {
      link.reset();
    }
  }

  @Override
  public void close() throws IOException {
    closed = true;
    server.close();
    links.forEach(Link::reset);
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void reset(Socket socket) {
    try {
      // Without lingering a close sends a reset.
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      // It is gone already, which is what was wanted.
      return;
    }
  }

  /** The two ends of a connection. */
  private final class Link {
    private final Socket client;
    private final Socket away;
    private boolean thereEnded;
    private boolean backEnded;

    Link(Socket client, Socket away) {
      this.client = client;
      this.away = away;
    }

    void reset() {
      links.remove(this);
      Relay.reset(client);
      Relay.reset(away);
    }

    synchronized void ended(boolean there) throws IOException {
      if (there) {
        thereEnded = true;
      } else {
        backEnded = true;
      }
      if (thereEnded && backEnded) {
        links.remove(this);
        client.close();
        away.close();
      }
    }
  }
}
