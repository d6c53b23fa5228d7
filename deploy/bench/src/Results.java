// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What was measured, as a page that is written anew after every row. */
final class Results {

  /** Whether the figure shall be small or large. */
  enum Better {
    SMALLER,
    LARGER
  }

  private record Line(String work, String against, String aim, String measured, String met) {}

  private final Path file;
  private final List<String> facts = new ArrayList<>();
  private final List<Line> lines = new ArrayList<>();
  private final List<String> raw = new ArrayList<>();

  Results(Path file) {
    this.file = file;
  }

  /** A sentence about how it was measured. */
  void fact(String sentence) {
    facts.add(sentence);
    save();
  }

  /** Figures that a ratio came from. */
  void raw(String sentence) {
    Progress.say("  " + sentence);
    raw.add(sentence);
    save();
  }

  /**
   * A ratio of times. The middle figure is that of the medians, lowest and highest are of single
   * rounds.
   */
  void ratio(String work, String against, Series ours, Series theirs, double aim) {
    Series rounds = ours.over(theirs);
    double ratio = ours.median() / theirs.median();
    line(
        work,
        against,
        Series.text("at most %.2fx", aim),
        Series.text("%.2fx (%.2f to %.2f)", ratio, rounds.lowest(), rounds.highest()),
        ratio <= aim);
  }

  /** How many times faster we are; lowest and highest are of single rounds. */
  void faster(String work, String against, Series ours, Series theirs, double aim) {
    Series rounds = theirs.over(ours);
    double ratio = theirs.median() / ours.median();
    line(
        work,
        against,
        Series.text("at least %.1fx faster", aim),
        Series.text("%.2fx (%.2f to %.2f)", ratio, rounds.lowest(), rounds.highest()),
        ratio >= aim);
  }

  /** A figure of its own. */
  void figure(
      String work, String against, Series series, String format, Better better, double aim) {
    double median = series.median();
    line(
        work,
        against,
        (better == Better.SMALLER ? "at most " : "at least ") + Series.text(format, aim),
        Series.text(
            format + " (" + format + " to " + format + ")",
            median,
            series.lowest(),
            series.highest()),
        better == Better.SMALLER ? median <= aim : median >= aim);
  }

  void line(String work, String against, String aim, String measured, boolean met) {
    line(work, against, aim, measured, met ? "yes" : "no");
  }

  void line(String work, String against, String aim, String measured, String met) {
    Progress.say("= " + work + ": " + measured + ", aim " + aim + ": " + met);
    lines.add(new Line(work, against, aim, measured, met));
    save();
  }

  String page() {
    StringBuilder page = new StringBuilder();
    facts.forEach(fact -> page.append("- ").append(fact).append('\n'));
    page.append("\n| work | against | aim | measured (lowest to highest) | met? |\n");
    page.append("| --- | --- | --- | ---: | --- |\n");
    for (Line line : lines) {
      List<String> cells = List.of(line.work, line.against, line.aim, line.measured, line.met);
      page.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
    page.append('\n');
    raw.forEach(sentence -> page.append("- ").append(sentence).append('\n'));
    return page.toString();
  }

  private void save() {
    try {
      Files.writeString(file, page());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
