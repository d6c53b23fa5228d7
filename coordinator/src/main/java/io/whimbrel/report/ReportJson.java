// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/**
 * The JSON form of a report: properties in the order of the record, times in ISO 8601 with a Z,
 * absent values as null. Thread-safe.
 */
public final class ReportJson {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .addModule(
              new SimpleModule("times")
                  .addSerializer(Instant.class, ToStringSerializer.instance)
                  .addDeserializer(Instant.class, new InstantFromText()))
          .build();

  private ReportJson() {}

  /** The report as indented JSON with a line end at its end. */
  public static String write(MigrationReport report) {
    try {
      return MAPPER.writeValueAsString(report) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report of plain records did not become JSON", e);
    }
  }

  /** Reads what {@link #write} wrote; throws UncheckedIOException for anything else. */
  public static MigrationReport read(String json) {
    try {
      return MAPPER.readValue(json, MigrationReport.class);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException("not a migration report", e);
    }
  }

  private static final class InstantFromText extends StdDeserializer<Instant> {
    InstantFromText() {
      super(Instant.class);
    }

    @Override
    public Instant deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      String text = parser.getValueAsString("");
      try {
        return Instant.parse(text);
      } catch (DateTimeParseException e) {
        throw context.weirdStringException(text, Instant.class, "not an ISO 8601 time");
      }
    }
  }
}
