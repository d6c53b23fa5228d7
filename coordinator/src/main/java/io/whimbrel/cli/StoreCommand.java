// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.ledger.Ledger;
import io.whimbrel.ledger.Migration;
import io.whimbrel.postgres.PostgresStore;
import io.whimbrel.progress.LogProgress;
import io.whimbrel.progress.ProgressDisplay;
import io.whimbrel.progress.ProgressDisplays;
import io.whimbrel.sqlite.SqliteStore;
import io.whimbrel.store.Store;
import io.whimbrel.store.StoreRefusedException;
import io.whimbrel.store.StoreUrl;
import io.whimbrel.worker.LogFormat;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What every command on a store shares. */
abstract class StoreCommand {

  @Option(
      names = "--db-url",
      description = "The store (default ${DEFAULT-VALUE})",
      defaultValue = StoreUrl.DEFAULT)
  String dbUrl = StoreUrl.DEFAULT;

  @Option(
      names = {"-v", "--verbose"},
      description = "Log what is done, and show stack traces of errors")
  boolean verbose;

  @Spec @Nullable CommandSpec spec;

  StoreUrl url() {
    return StoreUrl.parse(dbUrl);
  }

  Store open() {
    return open(url(), SqliteStore.Access.READ_WRITE);
  }

  Store openReadOnly() {
    return open(url(), SqliteStore.Access.READ_ONLY);
  }

  static Store open(StoreUrl url, SqliteStore.Access access) {
    return open(url, access, PostgresStore.CONNECTIONS_MAX);
  }

  static Store open(StoreUrl url, SqliteStore.Access access, int connectionsMax) {
    if (url instanceof StoreUrl.SqliteUrl sqlite) {
      return SqliteStore.open(sqlite, access);
    }
    if (url instanceof StoreUrl.PostgresUrl postgres) {
      return PostgresStore.open(postgres, System.getenv(), connectionsMax);
    }
    throw new IllegalStateException("unknown store address " + url.redacted());
  }

  /** The newest migration of the store, when its ledger exists. */
  static Optional<Migration> latest(Store store, Ledger ledger) throws SQLException {
    return store.read(
        connection ->
            ledger.schema().exists(connection)
                ? ledger.migrations().latest(connection)
                : Optional.empty());
  }

  static Migration latestOrRefuse(Store store, Ledger ledger) throws SQLException {
    return latest(store, ledger)
        .orElseThrow(() -> new StoreRefusedException("this store was never migrated"));
  }

  PrintWriter out() {
    return Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
  }

  PrintWriter err() {
    return Objects.requireNonNull(spec, "picocli sets it").commandLine().getErr();
  }

  /** One line for people, on standard error. */
  void error(String line) {
    err().println("whimbrel: " + line.replaceAll("\\s*\\R\\s*", "; "));
    err().flush();
  }

  static PrintStream standardError() {
    return new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
  }

  static ProgressDisplay progress() {
    if (LogFormat.isJson()) {
      return new LogProgress(System::nanoTime);
    }
    return ProgressDisplays.choose(Terminal.isAttached(), false, standardError());
  }
}
