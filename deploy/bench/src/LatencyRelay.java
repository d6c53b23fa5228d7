// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Passes bytes between a port of its own and another on loopback, each a fixed time after it came.
 * Bytes that follow closely wait together: it slows answers down, not the flow.
 */
final class LatencyRelay implements AutoCloseable {

  /** Bytes that may leave at a moment; null ends the stream. */
  private record Piece(long dueNanos, byte[] bytes) {}

  private final ServerSocket server;
  private final int target;
  private final long delayNanos;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  LatencyRelay(int target, int delayMillis) throws IOException {
    this.target = target;
    this.delayNanos = TimeUnit.MILLISECONDS.toNanos(delayMillis);
    this.server = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
    daemon("relay", this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Socket away = new Socket(InetAddress.getLoopbackAddress(), target);
        for (Socket socket : new Socket[] {client, away}) {
          socket.setTcpNoDelay(true);
          sockets.add(socket);
        }
        link(client, away);
        link(away, client);
      } catch (IOException e) {
        // Closed, or a client that is gone already; the next one is waited for.
        continue;
      }
    }
  }

  private void link(Socket from, Socket to) {
    BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
    daemon("relay-in", () -> read(from, pieces));
    daemon("relay-out", () -> write(to, pieces));
  }

  private void read(Socket from, BlockingQueue<Piece> pieces) {
    byte[] buffer = new byte[1 << 16];
    try {
      InputStream in = from.getInputStream();
      int read = in.read(buffer);
      while (read >= 0) {
        pieces.add(
            new Piece(System.nanoTime() + delayNanos, java.util.Arrays.copyOf(buffer, read)));
        read = in.read(buffer);
      }
    } catch (IOException e) {
      close(from);
    }
    pieces.add(new Piece(System.nanoTime() + delayNanos, null));
  }

  private void write(Socket to, BlockingQueue<Piece> pieces) {
    try {
      OutputStream out = to.getOutputStream();
      while (true) {
        Piece piece = pieces.take();
        for (long left = piece.dueNanos() - System.nanoTime();
            left > 0;
            left = piece.dueNanos() - System.nanoTime()) {
          LockSupport.parkNanos(left);
        }
        if (piece.bytes() == null) {
          close(to);
          return;
        }
        out.write(piece.bytes());
      }
    } catch (IOException e) {
      close(to);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more either way.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    sockets.forEach(this::close);
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
