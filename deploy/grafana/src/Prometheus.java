// SPDX-License-Identifier: Apache-2.0
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Asks a Prometheus as Grafana would: for now, or for the last two minutes second by second. */
final class Prometheus {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final int SECONDS = 120;

  private final String address;

  Prometheus(int port) {
    this.address = "http://127.0.0.1:" + port + "/api/v1/";
  }

  /** A line of a panel: seconds and values, no value that is not a number among them. */
  record Series(Map<String, String> labels, List<double[]> points) {
    double last() {
      return points.get(points.size() - 1)[1];
    }
  }

  /** What came back; the error is empty when the query could be answered. */
  record Answer(String error, List<Series> series) {}

  Answer ask(String expression, boolean instant) throws IOException, InterruptedException {
    long now = System.currentTimeMillis() / 1000;
    String path =
        instant
            ? "query?query=" + encoded(expression)
            : "query_range?step=1&start="
                + (now - SECONDS)
                + "&end="
                + now
                + "&query="
                + encoded(expression);
    HttpRequest request = HttpRequest.newBuilder(URI.create(address + path)).build();
    JsonNode answer = JSON.readTree(CLIENT.send(request, BodyHandlers.ofString()).body());
    if (!answer.path("status").asText().equals("success")) {
      return new Answer(answer.path("error").asText("no answer"), List.of());
    }
    List<Series> all = new ArrayList<>();
    for (JsonNode result : answer.at("/data/result")) {
      Series series = series(result);
      // Grafana draws nothing for a series that has no number.
      if (!series.points().isEmpty()) {
        all.add(series);
      }
    }
    return new Answer("", all);
  }

  private static Series series(JsonNode result) {
    Map<String, String> labels = new TreeMap<>();
    result.get("metric").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
    List<double[]> points = new ArrayList<>();
    if (result.has("value")) {
      add(points, result.get("value"));
    }
    result.path("values").forEach(value -> add(points, value));
    return new Series(labels, points);
  }

  private static void add(List<double[]> points, JsonNode value) {
    double number =
        switch (value.get(1).asText()) {
          case "+Inf", "-Inf", "NaN" -> Double.NaN;
          default -> Double.parseDouble(value.get(1).asText());
        };
    if (!Double.isNaN(number)) {
      points.add(new double[] {value.get(0).asDouble(), number});
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
