// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import io.whimbrel.testing.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The Chromium of this machine without a window, driven by the tests. What its pages ask the
 * network for, and what they complain of, is collected.
 */
final class Browser implements AutoCloseable {

  private static final String AXE = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

  private final Playwright playwright;
  private final com.microsoft.playwright.Browser browser;
  private final List<String> requests = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();

  private Browser(Playwright playwright, com.microsoft.playwright.Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  /** Starts it; a machine without one skips the test and says so. */
  static Browser start() {
    Path program =
        Programs.needed(
            "nothing was tried in a browser", "chromium", "chromium-browser", "google-chrome");
    Playwright playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    return new Browser(
        playwright,
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(program)
                    .setArgs(List.of("--no-sandbox", "--disable-gpu"))));
  }

  /** A page of its own: nothing is shared with others. */
  Page page(int width, int height, ColorScheme scheme) {
    return page(width, height, scheme, false);
  }

  private Page page(int width, int height, ColorScheme scheme, boolean bypassPolicy) {
    BrowserContext context =
        browser.newContext(
            new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setBypassCSP(bypassPolicy));
    Page page = context.newPage();
    page.setDefaultTimeout(60_000);
    page.onRequest(request -> requests.add(request.url()));
    page.onPageError(complaints::add);
    page.onConsoleMessage(
        message -> {
          // A server that is gone for a while is part of the tests, not a fault of the page.
          boolean away = message.text().matches("(?s).*ERR_(CONNECTION_|INCOMPLETE_CHUNKED).*");
          if (message.type().equals("error") && !away) {
            complaints.add(message.text());
          }
        });
    return page;
  }

  /** Fails with what would keep somebody from using the page; asked in one colour scheme. */
  void assertAccessible(String url, String awaited, ColorScheme scheme) throws IOException {
    // The library is put into the page, which the page's own policy would rightly forbid.
    Page page = page(1_000, 900, scheme, true);
    page.navigate(url);
    page.waitForSelector(awaited);
    page.evaluate(axe());
    Object found =
        page.evaluate(
            "async () => (await axe.run()).violations"
                + ".filter(v => ['serious', 'critical'].includes(v.impact))"
                + ".map(v => v.id + ': ' + v.nodes.map(n => n.html + ' ' + n.failureSummary)"
                + ".join(' | '))");
    assertThat((List<?>) found).as("%s in %s", url, scheme).isEmpty();
    page.context().close();
  }

  private static String axe() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(Browser.class.getResourceAsStream(AXE), "no axe-core")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A picture of the whole page in the build's directory, for people. */
  static void picture(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setFullPage(true)
            .setPath(Path.of("target", "screenshots", name + ".png")));
  }

  /** The same of a part of a page. */
  static void picture(Locator part, String name) {
    part.screenshot(
        new Locator.ScreenshotOptions().setPath(Path.of("target", "screenshots", name + ".png")));
  }

  /** Nothing sticks out to the side. */
  static void assertFits(Page page) {
    assertThat(page.evaluate("document.scrollingElement.scrollWidth <= window.innerWidth"))
        .as("scrolls sideways at " + page.viewportSize().width)
        .isEqualTo(true);
  }

  List<String> requests() {
    return List.copyOf(requests);
  }

  List<String> complaints() {
    return List.copyOf(complaints);
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
