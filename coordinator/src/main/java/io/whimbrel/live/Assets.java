// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of the page, all of them ours to serve: a page that asks nobody else works without the
 * internet and tells nobody that it was opened.
 */
final class Assets {

  private static final String CHARTS = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

  /** What is where, by path. */
  private record Asset(String contentType, byte[] body) {}

  private final Map<String, Asset> assets = new LinkedHashMap<>();

  Assets() throws IOException {
    put("/", "text/html; charset=utf-8", "index.html");
    put("/assets/live.css", "text/css; charset=utf-8", "live.css");
    put("/assets/live.js", "text/javascript; charset=utf-8", "live.js");
    put("/assets/charts.js", "text/javascript; charset=utf-8", "charts.js");
    put("/assets/icon.svg", "image/svg+xml", "icon.svg");
    put("/assets/uplot.js", "text/javascript; charset=utf-8", CHARTS + "uPlot.iife.min.js");
    put("/assets/uplot.css", "text/css; charset=utf-8", CHARTS + "uPlot.min.css");
  }

  private void put(String path, String contentType, String resource) throws IOException {
    try (InputStream in = Assets.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("the program is incomplete: it lacks " + resource);
      }
      assets.put(path, new Asset(contentType, in.readAllBytes()));
    }
  }

  Iterable<String> paths() {
    return assets.keySet();
  }

  void answer(HttpExchange exchange) throws IOException {
    Asset asset = assets.get(exchange.getRequestURI().getPath());
    if (asset == null) {
      throw new IOException("no such file of the page: " + exchange.getRequestURI().getPath());
    }
    Answers.body(exchange, 200, asset.contentType(), asset.body());
  }
}
