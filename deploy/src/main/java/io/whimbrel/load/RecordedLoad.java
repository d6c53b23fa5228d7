// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A load in a process of its own, beside something else that is tried, and the judgement of the
 * store by its record. Not thread-safe.
 */
public final class RecordedLoad implements AutoCloseable {

  /**
   * What is written where.
   *
   * @param dbUrl the store, as `whimbrel` takes it
   * @param environment where the password is
   * @param folder an empty one, for the record; it may hold {@link #ORIGINALS}
   * @param writers threads
   * @param rate writes a second
   */
  public record Order(
      String dbUrl,
      Map<String, String> environment,
      Path folder,
      long seed,
      int writers,
      int rate) {

    private TrialSettings settings() {
      return new TrialSettings(dbUrl, folder, seed, 0, writers, rate, Duration.ZERO, 0);
    }
  }

  /**
   * The file that says what was in the store before; made when it is not there. Stores that are
   * copies of each other may share it.
   */
  public static final String ORIGINALS = "originals";

  private final Order order;
  private final LoadProcess process;

  private RecordedLoad(Order order, LoadProcess process) {
    this.order = order;
    this.process = process;
  }

  /** Returns when the first writes are under way. */
  public static RecordedLoad start(Order order) throws IOException {
    return new RecordedLoad(
        order, LoadProcess.start(order.settings(), order.rate(), order.environment()));
  }

  /** No operation is under way when this returns. */
  public void pause() throws IOException {
    process.pause();
  }

  public void goOn() throws IOException {
    process.goOn();
  }

  /**
   * Ends it in order.
   *
   * @throws IOException also when a writer could not go on
   */
  public void stop() throws IOException, InterruptedException {
    process.stop();
  }

  /** Holds the store against the record; the load must stand still. */
  public CheckResult check() throws IOException, SQLException {
    Originals originals = Originals.read(order.folder().resolve(ORIGINALS));
    return StoreCheck.of(
        new Target(order.settings().target().url(), order.environment()),
        originals,
        order.settings().values(),
        Promises.of(originals, WrittenLog.readAll(order.folder())));
  }

  /**
   * What the application itself met: rows that were not as they had been acknowledged. What it
   * could not read is left out, since a server that is down cannot be read.
   */
  public List<String> violations() throws IOException {
    return LoadSummary.violations(WrittenLog.readAll(order.folder())).stream()
        .filter(violation -> violation.fault() != Fault.UNREADABLE)
        .map(WrittenLog.Violation::toString)
        .toList();
  }

  @Override
  public void close() {
    process.close();
  }
}
