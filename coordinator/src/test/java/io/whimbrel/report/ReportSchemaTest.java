// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The published schema and the record must tell the same: each knows every property. */
class ReportSchemaTest {
  private static Schema schema;

  @BeforeAll
  static void readSchema() throws IOException {
    schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(find("docs/report.schema.json")), InputFormat.JSON);
  }

  @Test
  void reports_agreeWithTheSchema() {
    assertThat(errors(ReportJson.write(SampleReport.completed()))).isEmpty();
    assertThat(errors(ReportJson.write(SampleReport.dryRun()))).isEmpty();
    assertThat(errors(ReportJson.write(SampleReport.rolledBack()))).isEmpty();
  }

  @Test
  void schema_refuses_whatNoReportHolds() throws IOException {
    ObjectNode report =
        (ObjectNode) new ObjectMapper().readTree(ReportJson.write(SampleReport.completed()));

    assertThat(errors(with(report, "", "surprise"))).isNotEmpty();
    assertThat(errors(with(report, "/memories", "surprise"))).isNotEmpty();
    assertThat(errors(with(report, "/failures/listed/0", "surprise"))).isNotEmpty();
    assertThat(errors(report.deepCopy().put("outcome", "SOMEHOW").toString())).isNotEmpty();
    assertThat(errors(report.deepCopy().put("failureRate", 1.5).toString())).isNotEmpty();
    assertThat(errors(report.deepCopy().without("notes").toString())).isNotEmpty();
  }

  private static String with(ObjectNode report, String pointer, String property) {
    ObjectNode copy = report.deepCopy();
    JsonNode at = copy.at(pointer);
    ((ObjectNode) at).put(property, 1);
    return copy.toString();
  }

  private static List<Error> errors(String json) {
    return schema.validate(json, InputFormat.JSON);
  }

  private static Path find(String relative) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve(relative))) {
        return at.resolve(relative);
      }
    }
    throw new AssertionError("not found above the working directory: " + relative);
  }
}
