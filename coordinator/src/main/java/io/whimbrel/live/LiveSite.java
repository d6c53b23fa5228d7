// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.live;

import io.whimbrel.metrics.MetricsServer;
import io.whimbrel.progress.ProgressDisplay;
import io.whimbrel.store.Secret;
import io.whimbrel.store.StoreRefusedException;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The live page and the control API, added to the server that also shows the metrics. */
public final class LiveSite implements AutoCloseable {

  private static final int TOKEN_CHARS_MIN = 16;
  static final String API = "/api/v1/";

  private final @Nullable MetricsServer server;
  private final @Nullable EventStream stream;

  private LiveSite(@Nullable MetricsServer server, @Nullable EventStream stream) {
    this.server = server;
    this.stream = stream;
  }

  /**
   * Opens the site; does nothing without a server.
   *
   * @param names what the server is called by, beside its addresses and {@code localhost}
   * @param token what acts need; null opens them on loopback and closes them beyond
   */
  public static LiveSite open(
      @Nullable MetricsServer server, LiveSource source, List<String> names, @Nullable Secret token)
      throws IOException {
    if (server == null) {
      return new LiveSite(null, null);
    }
    Access access = new Access(known(names), server.isLoopback(), token, System::nanoTime);
    EventStream stream = new EventStream(source);
    server.addHandler(
        API + "status",
        new ReadHandler(access, exchange -> Answers.json(exchange, 200, source.status())));
    server.addHandler(
        API + "history",
        new ReadHandler(access, exchange -> Answers.json(exchange, 200, source.history())));
    server.addHandler(API + "events", new ReadHandler(access, stream::answer));
    Map<String, Boolean> about =
        Map.of("needsToken", access.needsToken(), "takesActs", access.isOpenForActs());
    server.addHandler(
        API + "access", new ReadHandler(access, exchange -> Answers.json(exchange, 200, about)));
    for (Act act : Act.values()) {
      server.addHandler(API + act.path(), new ActHandler(act, access, source));
    }
    Assets assets = new Assets();
    for (String path : assets.paths()) {
      server.addHandler(path, new ReadHandler(access, assets::answer));
    }
    return new LiveSite(server, stream);
  }

  /**
   * Refuses a token that could be guessed; to be asked before anything is begun.
   *
   * @throws StoreRefusedException when it is too short
   */
  public static void check(@Nullable Secret token) {
    if (token != null && token.text().length() < TOKEN_CHARS_MIN) {
      throw new StoreRefusedException(
          "the token of the control API is too short: at least "
              + TOKEN_CHARS_MIN
              + " characters are needed");
    }
  }

  private static Set<String> known(List<String> names) {
    Set<String> known = new HashSet<>(Set.of("localhost"));
    names.forEach(name -> known.add(name.toLowerCase(Locale.ROOT)));
    return known;
  }

  /** Says where it is, if it is anywhere. */
  public void announce(ProgressDisplay progress) {
    if (server != null) {
      progress.message(
          "live page on http://" + server.address() + "/, metrics on its path /metrics");
    }
  }

  /** Tells everybody who watches how it ended. */
  @Override
  public void close() {
    if (stream != null) {
      stream.close();
    }
  }
}
