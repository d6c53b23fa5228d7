// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.whimbrel.demo.DemoOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The control API of a real coordinator, held against its published description. */
class ControlApiIT {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String TOKEN = "a-token-of-the-tests-1";
  private static final Pattern ADDRESS = Pattern.compile("live page on http://([^/]+)/");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final HttpClient client = HttpClient.newHttpClient();
  private final JsonNode description;
  private String address = "";

  ControlApiIT(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.description = JSON.readTree(Files.readString(find("docs/openapi.json")));
  }

  private CliProcess migrate(DemoScene scene, String http, Map<String, String> environment)
      throws IOException {
    CliProcess run =
        CliProcess.start(
            scene.folder(),
            environment,
            scene.migrateArguments("--batch-size", "1", "--workers", "1", "--http", http));
    eventually(
        LIMIT,
        () -> {
          Matcher said = ADDRESS.matcher(run.err());
          assertThat(said.find()).as(run.err()).isTrue();
          address = said.group(1).replace("0.0.0.0", "127.0.0.1").replace("0:0:0:0:0:0:0:0", "::1");
        });
    return run;
  }

  @Test
  void answers_areAsDescribed_andActsAreCarriedOut() throws Exception {
    DemoScene scene = DemoScene.make(Backend.POSTGRES_NEWEST, folder, DemoOptions.of(2_000));
    try (CliProcess run = migrate(scene, "0", Map.of())) {
      eventually(LIMIT, () -> assertThat(scene.store().rangesDone()).isPositive());
      assertAsDescribed("Status", get("status"));
      assertAsDescribed("Access", get("access"));
      assertThat(get("access").get("takesActs").asBoolean()).isTrue();

      assertAsDescribed("Asked", act("pause", "{}", 202));
      assertThat(scene.store().number("SELECT paused FROM whimbrel_migrations")).isEqualTo(1);
      assertAsDescribed("Refusal", act("pause", "{\"migrationId\": 1}", 409));
      assertAsDescribed("Course", get("history"));
      assertThat(get("history").get("points")).isNotEmpty();
      // What was claimed before the pause is still committed after it.
      eventually(LIMIT, () -> assertThat(claimed(scene)).isZero());
      eventually(LIMIT, () -> assertTheSame(scene));
      showsWhatIsSetAside(scene);
      refusesBadBodies();
      assertThat(act("cut-over", "{}", 409).get("code").asText()).isEqualTo("nothing-to-do");
      for (String path : List.of("status/", "x", "pause/1", "../status")) {
        assertThat(send("GET", path, Map.of(), "").statusCode()).as(path).isEqualTo(404);
      }
      everyDescribedPathIsServed();
      assertThat(send("OPTIONS", "pause", Map.of(), "").headers().map())
          .doesNotContainKey("access-control-allow-origin");

      List<String> last = streamUntilTheEnd(() -> act("resume", "{}", 202));
      assertThat(last).last().asString().contains("\"state\":\"COMPLETED\"");
      assertThat(run.exitWithin(LIMIT)).as(run.err()).isZero();
    }
    tellsFromTheLedger_whenNobodyAnswers(scene);
    scene.assertTextsReadBack();
  }

  private void tellsFromTheLedger_whenNobodyAnswers(DemoScene scene) throws IOException {
    Cli.Result asked = scene.run("status", "--json", "--http", address);

    assertThat(asked.exit()).as(asked.err()).isZero();
    JsonNode status = JSON.readTree(asked.out());
    assertAsDescribed("Status", status);
    assertThat(status.get("source").asText()).isEqualTo("LEDGER");
    assertThat(status.get("state").asText()).isEqualTo("COMPLETED");
    assertThat(scene.run("status").out()).contains("COMPLETED");
  }

  // Between two reads the clock moves on, and only the coordinator knows what has happened.
  private void assertTheSame(DemoScene scene) {
    try {
      assertTheSame(scene, get("status"));
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static long claimed(DemoScene scene) {
    try {
      return scene.store().number("SELECT count(*) FROM whimbrel_ranges WHERE state = 'CLAIMED'");
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void assertTheSame(DemoScene scene, JsonNode live) throws IOException {
    Cli.Result fromLedger = scene.run("status", "--json");
    Cli.Result asked = scene.run("status", "--json", "--http", address);
    assertThat(fromLedger.exit()).as(fromLedger.err()).isZero();
    JsonNode ledger = JSON.readTree(fromLedger.out());
    assertAsDescribed("Status", ledger);
    assertAsDescribed("Status", JSON.readTree(asked.out()));
    for (String property :
        List.of("migrationId", "store", "state", "paused", "memories", "bytes", "ranges", "acts")) {
      assertThat(ledger.get(property)).as(property).isEqualTo(live.get(property));
    }
    assertThat(JSON.readTree(asked.out()).get("events")).isNotEmpty();
    assertThat(scene.run("status").out()).contains("COPYING, paused", "copy done", "embedded-");
  }

  // Of a range that would go through: what fails whatever is tried is hard to come by.
  private void showsWhatIsSetAside(DemoScene scene) throws Exception {
    scene
        .store()
        .execute(
            "UPDATE whimbrel_ranges SET state = 'BLOCKED' WHERE range_id ="
                + " (SELECT max(range_id) FROM whimbrel_ranges WHERE state = 'PENDING')",
            "INSERT INTO whimbrel_failures"
                + " (migration_id, memory_key, severity, reason, detail, range_id)"
                + " VALUES (1, 'none', 'BLOCKED', 'unwritable', '', 1)");
    eventually(
        LIMIT,
        () -> {
          JsonNode status = reading("status");
          assertAsDescribed("Status", status);
          assertThat(status.get("ranges").toString())
              .contains("\"state\":\"blocked\",\"ranges\":1");
          assertThat(status.get("problems").toString()).contains("\"severity\":\"BLOCKED\"");
          assertThat(metrics()).contains("whimbrel_ranges{kind=\"copy\",state=\"blocked\"} 1.0");
        });
    assertThat(scene.run("status").out()).contains("1 copy blocked", "1 unwritable");
    scene
        .store()
        .execute(
            "UPDATE whimbrel_ranges SET state = 'PENDING' WHERE state = 'BLOCKED'",
            "DELETE FROM whimbrel_failures WHERE memory_key = 'none'");
  }

  private void refusesBadBodies() throws Exception {
    act("resume", "", 400);
    act("resume", "[]", 400);
    act("resume", "{\"migrationId\":\"1\"}", 400);
    act("resume", "{\"migration\":1}", 400);
    act("resume", "{}{}", 400);
    act("resume", "{\"migrationId\":7}", 409);
    assertThat(get("status").get("paused").asBoolean()).isTrue();
    HttpResponse<String> huge = send("POST", "resume", json(), "{\"a\":\"" + "x".repeat(9_000));
    assertThat(huge.statusCode()).isIn(413, 429);
  }

  @Test
  void foreignPagesAndCallers_areRefused() throws Exception {
    DemoScene scene = DemoScene.make(Backend.SQLITE, folder, DemoOptions.of(2_000));
    try (CliProcess run = migrate(scene, "0.0.0.0:0", Map.of("WHIMBREL_HTTP_TOKEN", TOKEN))) {
      assertThat(act("pause", "{}", 401).get("code").asText()).isEqualTo("token-missing");
      Map<String, String> wrong = json();
      wrong.put("Authorization", "Bearer " + TOKEN + "x");
      assertThat(send("POST", "cancel", wrong, "{}").statusCode()).isEqualTo(401);
      Map<String, String> right = json();
      right.put("Authorization", "Bearer " + TOKEN);
      Map<String, String> foreign = new HashMap<>(right);
      foreign.put("Origin", "http://evil.example");
      assertThat(send("POST", "cancel", foreign, "{}").statusCode()).isEqualTo(403);
      assertThat(statusOfHost("rebound.example")).isEqualTo(403);
      assertThat(statusOfHost(address)).isEqualTo(200);
      assertThat(scene.store().number("SELECT paused + cancelled FROM whimbrel_migrations"))
          .isZero();

      assertThat(send("POST", "cancel", right, "{}").statusCode()).isEqualTo(202);
      assertThat(run.exitWithin(LIMIT)).as(run.err()).isEqualTo(3);
    }
    scene.assertStoreIsOriginal();
  }

  @Test
  void acts_areClosedBeyondLoopback_whenThereIsNoToken() throws Exception {
    DemoScene scene = DemoScene.make(Backend.SQLITE, folder, DemoOptions.of(500));
    try (CliProcess run = migrate(scene, "0.0.0.0:0", Map.of())) {
      assertThat(act("cancel", "{}", 403).get("code").asText()).isEqualTo("no-token-configured");
      assertThat(run.exitWithin(LIMIT)).as(run.err()).isZero();
    }
  }

  @Test
  void shortToken_isRefused_beforeAnythingIsBegun() throws Exception {
    DemoScene scene = DemoScene.make(Backend.SQLITE, folder, DemoOptions.of(50));
    try (CliProcess refused =
        CliProcess.start(
            scene.folder(),
            Map.of("WHIMBREL_HTTP_TOKEN", "short"),
            scene.migrateArguments("--http", "0"))) {
      assertThat(refused.exitWithin(LIMIT)).as(refused.err()).isEqualTo(2);
      assertThat(refused.err()).contains("too short");
    }
    scene.assertStoreIsOriginal();
  }

  private interface Step {
    void take() throws Exception;
  }

  /** Listens, takes the step, and listens on until the coordinator leaves. */
  private List<String> streamUntilTheEnd(Step step) throws Exception {
    HttpResponse<InputStream> stream =
        client.send(request("events").build(), BodyHandlers.ofInputStream());
    assertThat(stream.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/event-stream"));
    List<String> statuses = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
      String event = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("event: ")) {
          event = line.substring(7);
        } else if (line.startsWith("data: ") && event.equals("status")) {
          statuses.add(line.substring(6));
          if (statuses.size() == 1) {
            step.take();
          }
        }
        if (event.equals("end")) {
          return statuses;
        }
      }
    }
    throw new AssertionError("the stream broke off without an end");
  }

  /** The JDK's client does not let a caller lie about the host. */
  private int statusOfHost(String host) throws IOException {
    int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write(
              ("GET /api/v1/status HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] head = socket.getInputStream().readNBytes(12);
      return Integer.parseInt(new String(head, StandardCharsets.US_ASCII).substring(9));
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://" + address + "/api/v1/" + path))
        .timeout(Duration.ofSeconds(60));
  }

  private static Map<String, String> json() {
    return new HashMap<>(Map.of("Content-Type", "application/json"));
  }

  private HttpResponse<String> send(
      String method, String path, Map<String, String> headers, String body) throws Exception {
    HttpRequest.Builder request = request(path).method(method, BodyPublishers.ofString(body));
    headers.forEach(request::header);
    HttpResponse<String> answer = client.send(request.build(), BodyHandlers.ofString());
    assertStatusIsDescribed(method, path, answer);
    return answer;
  }

  private JsonNode reading(String path) {
    try {
      return get(path);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private String metrics() {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + address + "/metrics")).build();
    try {
      return client.send(request, BodyHandlers.ofString()).body();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void assertStatusIsDescribed(String method, String path, HttpResponse<String> answer) {
    JsonNode operation =
        description.get("paths").path("/api/v1/" + path).path(method.toLowerCase(Locale.ROOT));
    if (!operation.isMissingNode()) {
      assertThat(operation.get("responses").has(Integer.toString(answer.statusCode())))
          .as("%s %s answers %d, as described", method, path, answer.statusCode())
          .isTrue();
      if (answer.statusCode() >= 400) {
        assertAsDescribed("Refusal", json(answer.body()));
      }
    }
  }

  private static JsonNode json(String body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + body, e);
    }
  }

  /** Every path that is described is there, with the method that is described and no other. */
  private void everyDescribedPathIsServed() throws Exception {
    for (Map.Entry<String, JsonNode> path : description.get("paths").properties()) {
      String name = path.getKey().replace("/api/v1/", "");
      boolean reads = path.getValue().has("get");
      HttpResponse<String> other = send(reads ? "POST" : "GET", name, Map.of(), "{}");
      assertThat(other.statusCode()).as(name).isEqualTo(405);
      assertThat(other.headers().firstValue("Allow")).as(name).hasValue(reads ? "GET" : "POST");
    }
  }

  private JsonNode get(String path) throws Exception {
    HttpResponse<String> answer = send("GET", path, Map.of(), "");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  /** Acts are limited to one every other second after the first ten: waits for its turn. */
  private JsonNode act(String act, String body, int status) {
    List<JsonNode> answers = new ArrayList<>();
    eventually(
        LIMIT,
        () -> {
          try {
            HttpResponse<String> answer = send("POST", act, json(), body);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
            answers.add(JSON.readTree(answer.body()));
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
    return answers.get(0);
  }

  private void assertAsDescribed(String name, JsonNode value) {
    Schema schema =
        SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemas(Map.of("urn:control-api", description.toString())))
            .getSchema(SchemaLocation.of("urn:control-api#/components/schemas/" + name));
    assertThat(schema.validate(value.toString(), InputFormat.JSON)).as("%s", value).isEmpty();
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
