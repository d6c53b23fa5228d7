// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.whimbrel.live.LiveSource.Asked;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one act over HTTP. */
final class ActHandler implements HttpHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ActHandler.class);
  private static final int BODY_MAX = 4_096;
  private static final String MIGRATION_ID = "migrationId";

  private final Act act;
  private final Access access;
  private final LiveSource source;

  ActHandler(Act act, Access access, LiveSource source) {
    this.act = act;
    this.access = access;
    this.source = source;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!Answers.hasMethod(exchange, "POST")) {
      return;
    }
    Caller caller = Caller.of(exchange);
    Optional<Refusal> refusal = access.refuseAct(caller);
    if (refusal.isEmpty()) {
      refusal = refuseBody(exchange.getRequestBody().readNBytes(BODY_MAX + 1));
    }
    if (refusal.isPresent()) {
      Answers.refuse(exchange, refusal.get());
      return;
    }
    try {
      Asked asked = source.ask(act, caller.address());
      LOG.info("{}: asked over HTTP by {}", asked.message(), caller.address());
      answer(exchange, asked);
    } catch (SQLException e) {
      LOG.warn("an act could not be written into the ledger: act={}", act, e);
      Answers.refuse(
          exchange,
          new Refusal(503, "ledger-away", "the database did not take it; nothing was asked"));
    }
  }

  private void answer(HttpExchange exchange, Asked asked) throws IOException {
    if (!asked.taken()) {
      Answers.refuse(exchange, new Refusal(409, "nothing-to-do", asked.message()));
      return;
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(MIGRATION_ID, source.migrationId());
    answer.put("act", act);
    answer.put("message", asked.message());
    Answers.json(exchange, 202, answer);
  }

  private Optional<Refusal> refuseBody(byte[] body) {
    if (body.length > BODY_MAX) {
      return Optional.of(new Refusal(413, "body-too-large", "the body is {} or a few words"));
    }
    JsonNode json;
    try {
      json = Json.MAPPER.readTree(body);
    } catch (JsonProcessingException e) {
      return Optional.of(bad("the body is not JSON; an empty object, {}, is enough"));
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
    if (!json.isObject()) {
      return Optional.of(bad("the body is not a JSON object; an empty one, {}, is enough"));
    }
    return refuseProperties(json);
  }

  private Optional<Refusal> refuseProperties(JsonNode json) {
    for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
      if (!names.next().equals(MIGRATION_ID)) {
        return Optional.of(bad("the body has a property other than migrationId"));
      }
    }
    JsonNode named = json.get(MIGRATION_ID);
    if (named == null) {
      return Optional.empty();
    }
    if (!named.isIntegralNumber()) {
      return Optional.of(bad("migrationId is not a whole number"));
    }
    return named.asLong() == source.migrationId()
        ? Optional.empty()
        : Optional.of(
            new Refusal(
                409,
                "other-migration",
                "this coordinator leads migration " + source.migrationId()));
  }

  private static Refusal bad(String message) {
    return new Refusal(400, "bad-body", message);
  }
}
