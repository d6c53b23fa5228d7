// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a GET with whatever is read for it. */
final class ReadHandler implements HttpHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ReadHandler.class);

  private final Access access;
  private final Reading reading;

  /** Sends the answer to a request that may be served. */
  interface Reading {
    void answer(HttpExchange exchange) throws IOException, SQLException;
  }

  ReadHandler(Access access, Reading reading) {
    this.access = access;
    this.reading = reading;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!Answers.hasMethod(exchange, "GET")) {
      return;
    }
    Optional<Refusal> refusal = access.refuseRead(Caller.of(exchange));
    if (refusal.isPresent()) {
      Answers.refuse(exchange, refusal.get());
      return;
    }
    try {
      reading.answer(exchange);
    } catch (SQLException e) {
      LOG.warn("the ledger could not be read for a request: {}", e.getMessage());
      Answers.refuse(
          exchange, new Refusal(503, "ledger-away", "the database does not answer: " + state(e)));
    }
  }

  private static String state(SQLException e) {
    // The message of a driver may name hosts and users; its class is enough to tell causes apart.
    return e.getSQLState() == null ? "no SQLSTATE" : "SQLSTATE " + e.getSQLState();
  }
}
