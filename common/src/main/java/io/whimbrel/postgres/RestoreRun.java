// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.ledger.LedgerSchema;
import io.whimbrel.store.TableLayout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/**
 * One restore: pg_restore writes SQL, psql runs it in one transaction, and what a migration left is
 * removed in that same transaction, before and after. A failure anywhere leaves the database as it
 * was.
 */
final class RestoreRun {

  private final ClientPrograms programs;
  private final String qualifier;

  RestoreRun(ClientPrograms programs, String qualifier) {
    this.programs = programs;
    this.qualifier = qualifier;
  }

  void run(Path backup) throws IOException {
    List<String> restore =
        List.of(
            programs.find("pg_restore").toString(),
            "--clean",
            "--if-exists",
            "--file=-",
            backup.toString());
    List<String> psql =
        List.of(
            programs.find("psql").toString(),
            "--no-psqlrc",
            "--no-password",
            "--quiet",
            "--file=-",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null");
    Process writer = programs.process(psql).redirectErrorStream(true).start();
    CompletableFuture<List<String>> said = CompletableFuture.supplyAsync(() -> lines(writer));
    try {
      feed(restore, writer);
    } catch (IOException e) {
      // Without its end the script is no whole transaction: psql must not see an orderly end. A
      // psql
      // that ended by itself has said why, and ending it again would cut off its words.
      if (!endsByItself(writer)) {
        writer.destroyForcibly();
      }
      List<String> reasons = reasons(said);
      throw reasons.isEmpty()
          ? e
          : new IOException("the restore failed: " + reasons.get(reasons.size() - 1), e);
    }
    ClientPrograms.requireSuccess(writer, psql, said.join());
  }

  private static boolean endsByItself(Process process) {
    try {
      return process.waitFor(3, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void feed(List<String> restore, Process writer) throws IOException {
    Process reader =
        programs.process(restore).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try {
      OutputStream out = writer.getOutputStream();
      out.write(("SET lock_timeout = '10s';\n" + cleanUp(true)).getBytes(StandardCharsets.UTF_8));
      reader.getInputStream().transferTo(out);
      ClientPrograms.requireSuccess(reader, restore, List.of());
      out.write(cleanUp(false).getBytes(StandardCharsets.UTF_8));
      out.close();
    } finally {
      reader.destroy();
    }
  }

  private static List<String> lines(Process process) {
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
      return lines;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> reasons(CompletableFuture<List<String>> said) {
    try {
      return said.join().stream().filter(line -> line.contains("ERROR")).toList();
    } catch (CompletionException e) {
      return List.of();
    }
  }

  /**
   * Drops what belongs to a migration and not to the application. Afterwards, segments stay when
   * the restored table points into them.
   */
  private String cleanUp(boolean everything) {
    List<String> tables = new ArrayList<>(LedgerSchema.TABLES);
    tables.add(CaptureSql.LOG);
    tables.add(FormatTables.SWAP_STEPS);
    StringBuilder drops = new StringBuilder();
    String schema = qualifier.substring(0, qualifier.length() - 1);
    CaptureSql.remove(schema).forEach(sql -> drops.append(sql).append(";\n"));
    tables.forEach(
        table ->
            drops.append("DROP TABLE IF EXISTS ").append(qualifier).append(table).append(";\n"));
    drops.append("DROP INDEX IF EXISTS ").append(qualifier).append(ChunkIndex.NAME).append(";\n");
    drops
        .append("DROP TABLE IF EXISTS ")
        .append(qualifier)
        .append(TableLayout.SEGMENTS_TABLE)
        .append(", ")
        .append(qualifier)
        .append(TableLayout.DICTIONARIES_TABLE)
        .append(";\n");
    return Quoting.fill(
        """
        DO $whimbrel$
        DECLARE
          leftover text;
        BEGIN
          IF %s OR NOT EXISTS (SELECT FROM pg_catalog.pg_attribute
              WHERE attrelid = pg_catalog.to_regclass(%s) AND attname = 'content_segment') THEN
            FOR leftover IN SELECT nspname FROM pg_catalog.pg_namespace
              WHERE nspname ~ '^whimbrel_m[0-9]+(_legacy)?$'
            LOOP
              EXECUTE pg_catalog.format('DROP SCHEMA %%I CASCADE', leftover);
            END LOOP;
            %s
          END IF;
        END $whimbrel$;
        """,
        everything, Quoting.literal(qualifier + MemoriesTable.table()), drops);
  }
}
