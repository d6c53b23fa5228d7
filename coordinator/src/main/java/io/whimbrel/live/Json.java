// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** Values to JSON and back, for the API and for {@code status}. */
public final class Json {

  static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // A status of a newer coordinator may hold more.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private Json() {}

  /** On one line, as an event needs it. */
  static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain records did not become JSON", e);
    }
  }

  /** Indented, for people and scripts. */
  public static String indented(LiveStatus status) {
    try {
      return MAPPER.writer(SerializationFeature.INDENT_OUTPUT).writeValueAsString(status);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain records did not become JSON", e);
    }
  }
}
