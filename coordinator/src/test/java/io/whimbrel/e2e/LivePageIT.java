// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static com.microsoft.playwright.assertions.PlaywrightAssertions.setDefaultAssertionTimeout;
import static io.whimbrel.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import io.whimbrel.demo.DemoOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The live page in a real browser, during real migrations. */
class LivePageIT {

  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final String TOKEN = "a-token-of-the-tests-1";
  private static final int MEMORIES = 3_000;

  private final Path folder;
  private Browser browser;
  private DemoScene scene;
  private int port;

  LivePageIT(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void prepare() throws Exception {
    browser = Browser.start();
    // The machine that builds this may be busy with much else.
    setDefaultAssertionTimeout((double) LIMIT.toMillis());
    scene = DemoScene.make(Backend.SQLITE, folder, DemoOptions.of(MEMORIES));
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
  }

  @AfterEach
  void close() {
    browser.close();
  }

  private CliProcess migrate(Map<String, String> environment, String... more) throws IOException {
    List<String> arguments = scene.migrateArguments(more);
    arguments.addAll(List.of("--workers", "1", "--http", Integer.toString(port)));
    return CliProcess.start(scene.folder(), environment, arguments);
  }

  /** One memory a range, so that the run lasts as long as the test needs it. */
  private CliProcess migrateSlowly(Map<String, String> environment) throws IOException {
    return migrate(environment, "--batch-size", "1");
  }

  private String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  private Page open(int width, int height, ColorScheme scheme) {
    eventually(LIMIT, () -> assertThat(answers()).isTrue());
    Page page = browser.page(width, height, scheme);
    page.navigate(url());
    assertThat(page.locator("#title")).hasText("Migration 1");
    return page;
  }

  private boolean answers() {
    try (var socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected() && scene.store().rangesDone() > 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void page_showsAndSteersAMigration_alsoAcrossARestart() throws Exception {
    Map<String, String> token = Map.of("WHIMBREL_HTTP_TOKEN", TOKEN);
    Page page;
    try (CliProcess first = migrateSlowly(token)) {
      page = open(1_200, 900, ColorScheme.LIGHT);
      assertShowsTheWork(page);
      pauseByKeyboard(page);
      assertThat(scene.store().number("SELECT paused FROM whimbrel_migrations")).isEqualTo(1);
      showsWhatAWorkerHolds(page);
      showEverywhere(page);
      first.kill();
      assertThat(page.locator("#connection")).containsText("no connection");
      thatWorkerIsLost();
    }
    try (CliProcess second = migrateSlowly(token)) {
      assertThat(page.locator("#connection")).isHidden();
      assertThat(page.locator("#events")).containsText("going on with migration 1");
      page.locator("#act-resume").click();
      page.locator("#ask-yes").click();
      assertThat(page.locator("#state")).hasText(Pattern.compile("Copying|Verifying"));
      assertThat(page.locator("#state")).containsText("Completed");
      assertThat(page.locator("#percent")).hasText("100%");
      Browser.picture(page, "live-completed");
      assertThat(second.exitWithin(LIMIT)).as(second.err()).isZero();
    }
    assertThat(browser.requests()).isNotEmpty().allMatch(url -> url.startsWith(url()));
    // The browser notes each refusal: of the wrong token, and while the second waits for the lead.
    assertThat(browser.complaints()).allMatch(text -> text.matches("(?s).*status of 40[14] .*"));
    scene.assertTextsReadBack();
  }

  private static void assertShowsTheWork(Page page) {
    assertThat(page.locator("#state")).hasText("Copying");
    assertThat(page.locator("#workers tr")).hasCount(1);
    assertThat(page.locator("#workers")).containsText("embedded-");
    assertThat(page.locator("#rate-chart canvas")).isVisible();
    assertThat(page.locator("#ratio-summary")).containsText("Now ");
    assertThat(page.locator("#events")).containsText("counting memories");
    assertThat(page.locator("#ranges")).containsText("copy");
    String before = page.locator("#progress-text").textContent();
    assertThat(page.locator("#progress-text")).not().hasText(before);
  }

  /** Asks, takes no for an answer, asks again, refuses a wrong token, takes the right one. */
  private static void pauseByKeyboard(Page page) {
    page.locator("#act-pause").focus();
    page.keyboard().press("Enter");
    assertThat(page.locator("#ask")).isVisible();
    page.keyboard().press("Escape");
    assertThat(page.locator("#ask")).isHidden();
    assertThat(page.locator("#act-pause")).isFocused();

    page.keyboard().press("Enter");
    assertThat(page.locator("#token")).isFocused();
    page.keyboard().type("not the token at all");
    page.keyboard().press("Enter");
    Locator error = page.locator("#ask-error");
    assertThat(error).hasText("that is not the token");
    Browser.picture(page, "live-dialog");
    page.locator("#token").fill(TOKEN);
    page.keyboard().press("Enter");
    assertThat(page.locator("#state")).hasText("Copying, paused");
    assertThat(page.locator("#act-resume")).isEnabled();
    assertThat(page.locator("#act-pause")).isDisabled();
  }

  // Of a worker that is no process: one that lives gives back what it does not know it holds.
  private void showsWhatAWorkerHolds(Page page) throws Exception {
    scene
        .store()
        .execute(
            "INSERT INTO whimbrel_workers SELECT 'elsewhere', role, migration_id, 'far', process_id,"
                + " process_started_ms, threads, joined_at_ms, lease_until_ms + 3600000, trouble"
                + " FROM whimbrel_workers WHERE role = 'WORKER'",
            "UPDATE whimbrel_ranges SET state = 'CLAIMED', attempt = 2, worker_id = 'elsewhere'"
                + " WHERE range_id ="
                + " (SELECT max(range_id) FROM whimbrel_ranges WHERE state = 'PENDING')");
    assertThat(page.locator("#workers")).containsText(Pattern.compile("copy \\d+ \\(try 2\\)"));
  }

  private void thatWorkerIsLost() throws Exception {
    scene
        .store()
        .execute("UPDATE whimbrel_workers SET lease_until_ms = 1 WHERE worker_id = 'elsewhere'");
  }

  private void showEverywhere(Page page) throws IOException {
    Browser.picture(page, "live-light");
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      browser.assertAccessible(url(), "#workers tr", scheme);
    }
    Page dark = open(1_200, 900, ColorScheme.DARK);
    assertThat(dark.locator("#rate-chart canvas")).isVisible();
    Browser.picture(dark, "live-dark");
    dark.context().close();
    Page phone = open(360, 740, ColorScheme.LIGHT);
    assertThat(phone.locator("#workers tr")).hasCount(2);
    assertThat(phone.locator("#rate-chart canvas")).isVisible();
    Browser.assertFits(phone);
    assertThat(
            phone.evaluate(
                "[...document.querySelectorAll('.chart canvas')].map(c =>"
                    + " c.getBoundingClientRect().right - c.closest('.chart')"
                    + ".getBoundingClientRect().right).filter(over => over > 0.5)"))
        .as("charts wider than their place")
        .isEqualTo(List.of());
    Browser.picture(phone, "live-phone");
    Browser.picture(phone.locator(".charts"), "live-phone-charts");
    phone.context().close();
  }

  @Test
  void cancel_undoesEverything_whenItIsConfirmed() throws Exception {
    try (CliProcess run = migrateSlowly(Map.of())) {
      Page page = open(800, 900, ColorScheme.DARK);
      page.locator("#act-cancel").click();
      assertThat(page.locator("#ask-text")).containsText("dropped");
      page.locator("#ask-no").click();
      assertThat(scene.store().number("SELECT cancelled FROM whimbrel_migrations")).isZero();

      page.locator("#act-cancel").click();
      page.locator("#ask-yes").click();

      assertThat(page.locator("#state")).containsText("Rolled back");
      assertThat(page.locator("#notice")).containsText("cancelled by a person");
      assertThat(page.locator("#act-cancel")).isDisabled();
      assertThat(run.exitWithin(LIMIT)).as(run.err()).isEqualTo(3);
    }
    scene.assertStoreIsOriginal();
  }

  @Test
  void cutOver_isLetGo_whenItWasHeldBack() throws Exception {
    try (CliProcess run = migrate(Map.of(), "--postpone-cut-over")) {
      Page page = open(800, 900, ColorScheme.LIGHT);
      assertThat(page.locator("#notice")).containsText("Ready to cut over");
      assertThat(page.locator("#state")).hasText("Cutting over");
      page.locator("#act-cut-over").click();
      page.locator("#ask-yes").click();

      assertThat(page.locator("#state")).hasText("Completed");
      assertThat(run.exitWithin(LIMIT)).as(run.err()).isZero();
    }
    scene.assertTextsReadBack();
  }

  @Test
  void report_opensWithoutANetwork_andEverybodyCanReadIt() throws Exception {
    assertThat(scene.migrate().exit()).isZero();
    String file = ReportFiles.newestIn(scene.reports()).page().toUri().toString();

    Page page = browser.page(1_200, 900, ColorScheme.LIGHT);
    page.navigate(file);
    assertThat(page.locator("h1")).containsText("memories were migrated");
    assertThat(page.locator("h2#charts")).isVisible();
    Browser.picture(page, "report-light");
    Page phone = browser.page(360, 740, ColorScheme.DARK);
    phone.navigate(file);
    Browser.assertFits(phone);
    Browser.picture(phone, "report-phone-dark");
    for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
      browser.assertAccessible(file, "h1", scheme);
    }

    assertThat(browser.requests()).allMatch(file::equals);
    assertThat(browser.complaints()).isEmpty();
  }
}
