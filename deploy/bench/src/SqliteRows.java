// SPDX-License-Identifier: Apache-2.0

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/** A migration of a file beside the plainest ways of copying it. */
final class SqliteRows {
  private final Settings settings;
  private final Results results;
  private final Filler filler;
  private final Path base;
  private final Path run;
  private final Series create = new Series();
  private final Series plain = new Series();
  private final Series copy = new Series();
  private final Series command = new Series();

  SqliteRows(Settings settings, Results results, Filler filler) {
    this.settings = settings;
    this.results = results;
    this.filler = filler;
    this.base = settings.work().resolve("base.db");
    this.run = settings.work().resolve("run.db");
  }

  void measure() throws Exception {
    filler.sqlite(base, Mix.MIXED, settings.memories());
    String title = Series.text("SQLite, %,d mixed memories", settings.memories());
    results.raw(title + Series.text(": a file of %.0f MB", Files.size(base) / 1e6));
    for (int number = 1; number <= settings.runs(); number++) {
      Progress.say(title + ": run " + number + " of " + settings.runs());
      freshFile();
      plain();
      freshFile();
      migrate("sqlite." + number);
    }
    dropFiles();
    Files.delete(base);
    results.raw(
        title
            + ": CREATE TABLE AS SELECT "
            + create.seconds()
            + ", with VACUUM INTO twice "
            + plain.seconds());
    results.raw(
        title
            + ": our copy and indexes "
            + copy.seconds()
            + ", whole command with backup "
            + command.seconds());
    results.ratio(title + ": copy phase", "CREATE TABLE AS SELECT", copy, create, 1.2);
    results.ratio(
        title + ": whole command with backup",
        "VACUUM INTO twice plus CREATE TABLE AS SELECT",
        command,
        plain,
        1.2);
  }

  private void plain() throws IOException, InterruptedException {
    Command.Run measured =
        Command.run(
            settings.work().resolve("plain.log"),
            Map.of(),
            settings.java("PlainSqlite", run.toString(), run + "-vacuumed-"));
    long createMillis = measured.values().get("createMillis");
    create.add(createMillis);
    plain.add(createMillis + measured.values().get("vacuumMillis"));
    Progress.say(Series.text("  plain %.2f s in all", plain.last() / 1e3));
  }

  private void migrate(String name) throws IOException, InterruptedException {
    Path backups = settings.work().resolve("backups");
    Migration migration =
        Migration.run(
            settings,
            name,
            "sqlite:///" + run,
            Map.of(),
            "--backup",
            "auto",
            "--backup-dir",
            backups.toString());
    Trees.delete(backups);
    copy.add(migration.copyMillis());
    command.add(migration.commandMillis());
    Progress.say(
        Series.text(
            "  migrate %.2f s, of these copy and indexes %.2f s; phases %s",
            migration.commandMillis() / 1e3, migration.copyMillis() / 1e3, migration.phases()));
  }

  private void freshFile() throws IOException {
    dropFiles();
    Files.copy(base, run, StandardCopyOption.REPLACE_EXISTING);
    try (InputStream in = Files.newInputStream(run)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
  }

  private void dropFiles() throws IOException {
    for (String end : List.of("", "-wal", "-shm", "-journal", "-vacuumed-1", "-vacuumed-2")) {
      Files.deleteIfExists(Path.of(run + end));
    }
  }
}
