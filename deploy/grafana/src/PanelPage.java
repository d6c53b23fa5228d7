// SPDX-License-Identifier: Apache-2.0
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The data of every panel as one HTML page for people: numbers as Grafana would write them, lines
 * as it would draw them, in the places that the dashboards give them. It is no Grafana; it shows
 * whether what a panel is fed makes sense.
 */
final class PanelPage {
  private static final Pattern LABEL = Pattern.compile("\\{\\{\\s*(\\w+)\\s*}}");
  private static final String[] COLOURS = {
    "#3274d9", "#e0752d", "#299c46", "#a352cc", "#c4162a", "#8f8b00", "#1f9e9e", "#8a5a2b", "#666"
  };
  private static final int WIDTH = 400;
  private static final int HEIGHT = 130;

  private final StringBuilder html = new StringBuilder();
  private String end = "";

  PanelPage() {
    html.append(
        """
        <!DOCTYPE html><meta charset="utf-8"><title>What the panels show</title>
        <style>body{font:14px system-ui,sans-serif;margin:1rem;max-width:1400px}
        .board{display:grid;grid-template-columns:repeat(24,1fr);gap:6px}
        .panel{border:1px solid #ccc;border-radius:4px;padding:6px;min-width:0;overflow:hidden}
        h3{margin:0;font-size:13px} p{margin:2px 0;color:#555;font-size:11px}
        b{font-size:20px;display:block} svg{width:100%;height:auto}
        .key{font-size:11px;margin-right:8px;white-space:nowrap}</style>
        """);
  }

  /** A panel's query and what came back for it. */
  record Asked(JsonNode target, Prometheus.Answer answer) {}

  private record Line(String name, List<double[]> points) {}

  void dashboard(String title) {
    html.append(end).append("<h2>").append(text(title)).append("</h2><div class=\"board\">\n");
    end = "</div>\n";
  }

  void panel(JsonNode panel, List<Asked> asked) {
    int columns = panel.at("/gridPos/w").asInt();
    html.append("<div class=\"panel\" style=\"grid-column:span ").append(columns).append("\"><h3>");
    html.append(text(panel.get("title").asText())).append("</h3><p>");
    html.append(text(panel.get("description").asText())).append("</p>");
    List<Line> lines = new ArrayList<>();
    for (Asked one : asked) {
      for (Prometheus.Series series : one.answer().series()) {
        lines.add(new Line(name(one.target(), series), series.points()));
      }
    }
    if (lines.isEmpty()) {
      html.append("<b>No data</b>");
    } else if (panel.get("type").asText().equals("timeseries")) {
      chart(panel, lines);
    } else {
      lines.forEach(line -> number(panel, line));
    }
    html.append("</div>\n");
  }

  String text() {
    return html + end;
  }

  private void number(JsonNode panel, Line line) {
    String mode = panel.at("/options/textMode").asText();
    String value = mapped(panel, line.points().get(line.points().size() - 1)[1]);
    html.append("<b>");
    html.append(text(mode.equals("name") ? line.name() : value)).append("</b>");
    if (mode.equals("value_and_name")) {
      html.append("<p>").append(text(line.name())).append("</p>");
    }
  }

  private void chart(JsonNode panel, List<Line> lines) {
    double from = Double.MAX_VALUE;
    double to = 0;
    double top = 0;
    for (Line line : lines) {
      for (double[] point : line.points()) {
        from = Math.min(from, point[0]);
        to = Math.max(to, point[0]);
        top = Math.max(top, point[1]);
      }
    }
    double over = Math.max(1, to - from);
    double high = top == 0 ? 1 : top;
    html.append(
        String.format(
            Locale.ROOT, "<p>up to %s, %.0f s</p><svg viewBox=\"0 0 %d %d\">",
            text(mapped(panel, top)), to - from, WIDTH, HEIGHT));
    for (int i = 0; i < lines.size(); i++) {
      StringBuilder points = new StringBuilder();
      for (double[] point : lines.get(i).points()) {
        points.append(
            String.format(
                Locale.ROOT, "%.1f,%.1f ",
                WIDTH * (point[0] - from) / over, 2 + (HEIGHT - 4) * (1 - point[1] / high)));
      }
      html.append("<polyline fill=\"none\" stroke-width=\"2\" stroke=\"").append(colour(i));
      html.append("\" points=\"").append(points).append("\"/>");
    }
    html.append("</svg>");
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      String last = mapped(panel, line.points().get(line.points().size() - 1)[1]);
      html.append("<span class=\"key\" style=\"color:").append(colour(i)).append("\">■ ");
      html.append(text(line.name() + " " + last)).append("</span> ");
    }
  }

  private static String colour(int line) {
    return COLOURS[line % COLOURS.length];
  }

  private static String name(JsonNode target, Prometheus.Series series) {
    String format = target.path("legendFormat").asText();
    if (format.isEmpty() || format.equals("__auto")) {
      return series.labels().isEmpty() ? "value" : series.labels().toString();
    }
    return LABEL
        .matcher(format)
        .replaceAll(
            label -> Matcher.quoteReplacement(series.labels().getOrDefault(label.group(1), "")));
  }

  private static String mapped(JsonNode panel, double value) {
    JsonNode defaults = panel.at("/fieldConfig/defaults");
    for (JsonNode mapping : defaults.path("mappings")) {
      JsonNode named = mapping.path("options").path(Long.toString(Math.round(value)));
      if (named.has("text")) {
        return named.get("text").asText();
      }
    }
    return switch (defaults.path("unit").asText()) {
      case "percentunit" -> format(100 * value) + " %";
      case "s" -> format(value) + " s";
      case "bytes" -> format(value) + " B";
      case "Bps" -> format(value) + " B/s";
      default -> format(value);
    };
  }

  private static String format(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,d", (long) value)
        : String.format(Locale.ROOT, "%.3g", value);
  }

  private static String text(String words) {
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
