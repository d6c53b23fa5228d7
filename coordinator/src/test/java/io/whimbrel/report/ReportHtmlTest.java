// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReportHtmlTest {
  private static final Pattern TAG = Pattern.compile("<(/?)([a-z][a-z0-9]*)[^>]*?(/?)>");
  private static final List<String> VOID = List.of("meta");

  @Test
  void outcome_comesFirst() {
    String page = ReportHtml.render(SampleReport.completed());

    assertThat(page.substring(page.indexOf("<body>")))
        .containsSubsequence(
            "Completed",
            "<h1>134,219 of 134,220 memories were migrated; one was quarantined.</h1>",
            "What to do next",
            "Statistics",
            "Quarantined memories and warnings");
  }

  @Test
  void keysAndDetails_stayText_whenTheyLookLikeMarkup() {
    String page = ReportHtml.render(SampleReport.completed());

    assertThat(page)
        .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;", "says 250 &amp; more")
        .doesNotContain("<script", "hunter2");
  }

  @Test
  void page_speaksToPeople() {
    assertThat(ReportHtml.render(SampleReport.completed()))
        .contains("then run <code>whimbrel finalize</code>.", "a lone ` stays")
        .contains("Catching up", "The compressed text was cut off")
        .contains("the mean 2,200 memories/s")
        .doesNotContain("CATCHING_UP", "`whimbrel");
  }

  @Test
  void blocked_isExplained_whenThereIsAny() {
    Failures.Failure blocked =
        new Failures.Failure("k", Failures.Severity.BLOCKED, "unwritable", "a trigger refused it");

    assertThat(ReportHtml.render(SampleReport.completed(List.of(blocked))))
        .contains("Not carried", "stopped the migration before the swap");
    assertThat(ReportHtml.render(SampleReport.completed())).doesNotContain("before the swap");
  }

  @Test
  void page_asksTheNetworkForNothing() {
    assertThat(ReportHtml.render(SampleReport.completed()))
        .contains("default-src 'none'")
        .doesNotContain("http://", "https://", "src=", "href=", "url(", "@import");
  }

  @Test
  void tags_areBalanced() {
    for (MigrationReport report : List.of(SampleReport.completed(), SampleReport.dryRun())) {
      String page = ReportHtml.render(report);
      var open = new java.util.ArrayDeque<String>();
      Matcher tag = TAG.matcher(page);
      while (tag.find()) {
        if (VOID.contains(tag.group(2)) || !tag.group(3).isEmpty()) {
          continue;
        }
        if (tag.group(1).isEmpty()) {
          open.push(tag.group(2));
        } else {
          assertThat(open.pop()).as("closed at %d", tag.start()).isEqualTo(tag.group(2));
        }
      }
      assertThat(open).isEmpty();
    }
  }

  @Test
  void page_saysWhatAScreenReaderNeeds() {
    String page = ReportHtml.render(SampleReport.completed());

    assertThat(page)
        .contains("<html lang=\"en\">", "<th scope=\"col\">Reason</th>", "<caption>Sizes</caption>")
        .contains("<svg aria-hidden=\"true\"", "prefers-color-scheme: dark")
        .containsOnlyOnce("<h1>");
  }

  @Test
  void bars_areProportional() {
    assertThat(ReportHtml.render(SampleReport.completed()))
        .contains("class=\"before\" width=\"93.13%\"", "class=\"after\" width=\"28.22%\"");
  }

  @Test
  void rows_areLimited_andThePageSaysSo() {
    List<Failures.Failure> many =
        IntStream.range(0, 1_200).mapToObj(i -> SampleReport.warning("key-" + i)).toList();

    String page = ReportHtml.render(SampleReport.completed(many));

    assertThat(page)
        .contains("key-999<", "1,000 of 1,200 are shown here, 1,200 are listed in report.json")
        .doesNotContain("key-1000<");
  }

  @Test
  void dryRun_showsItsForecastAndNoEmptyCharts() {
    assertThat(ReportHtml.render(SampleReport.dryRun()))
        .contains("Dry run", "Free disk space needed", "20.0 MB", "12.5 s")
        .doesNotContain("<svg", "success rate", "0 B", "0 ms");
  }

  @Test
  void rolledBackRun_showsNoSuccess() {
    assertThat(ReportHtml.render(SampleReport.rolledBack()))
        .contains(
            "Rolled back", "<dd>900</dd>", "Copied, then undone", "the run rolls back above 5.0%")
        .doesNotContain(
            "success rate", "memories migrated", "badge good", "lazily", "No memory was");
  }
}
