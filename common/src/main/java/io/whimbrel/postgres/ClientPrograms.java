// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.postgres;

import io.whimbrel.store.StoreRefusedException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * PostgreSQL's own client programs: where they are, which version, and how they are run. They get
 * the password through their environment, which other users cannot read, never as an argument.
 */
final class ClientPrograms {

  private static final Pattern VERSION = Pattern.compile("\\) (\\d+)");
  private static final String WAYS_OUT =
      "; install the PostgreSQL client programs (or name their directory in WHIMBREL_PG_BIN), or"
          + " use --backup none or --backup restore-point";
  private static final int LINES_KEPT = 20;
  private static final Map<String, String> DRIVER_PARAMETERS =
      Map.of(
          "sslmode", "PGSSLMODE",
          "sslrootcert", "PGSSLROOTCERT",
          "sslcert", "PGSSLCERT",
          "sslkey", "PGSSLKEY");

  private final ConnectionSource source;

  ClientPrograms(ConnectionSource source) {
    this.source = source;
  }

  /**
   * Finds the program.
   *
   * @throws StoreRefusedException when it is missing, with the ways out
   */
  Path find(String program) {
    String own = source.environment().get("WHIMBREL_PG_BIN");
    String path = own != null ? own : source.environment().getOrDefault("PATH", "");
    for (String directory : path.split(Pattern.quote(File.pathSeparator), -1)) {
      if (!directory.isEmpty()) {
        Path candidate = Path.of(directory).resolve(program);
        if (Files.isExecutable(candidate)) {
          return candidate;
        }
      }
    }
    throw new StoreRefusedException("a backup needs " + program + ", which is missing" + WAYS_OUT);
  }

  /** Refuses a client that is older than the server: it would refuse to work, later. */
  void requireVersion(String program, int serverMajor) throws IOException {
    Path found = find(program);
    String answer = run(List.of(found.toString(), "--version"));
    Matcher version = VERSION.matcher(answer);
    if (!version.find()) {
      throw new StoreRefusedException(found + " does not tell its version" + WAYS_OUT);
    }
    int major = Integer.parseInt(version.group(1));
    if (major < serverMajor) {
      throw new StoreRefusedException(
          program
              + " is of version "
              + major
              + ", too old for the server's "
              + serverMajor
              + WAYS_OUT);
    }
  }

  /** A process that will talk to this store's database. */
  ProcessBuilder process(List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.put("PGHOST", source.url().host());
    environment.put("PGPORT", Integer.toString(source.url().port()));
    environment.put("PGDATABASE", source.url().database());
    environment.put("PGAPPNAME", "whimbrel");
    environment.put("PGCLIENTENCODING", "UTF8");
    environment.put("LC_ALL", "C");
    environment.remove("PGOPTIONS");
    String user = source.user();
    if (user != null) {
      environment.put("PGUSER", user);
    }
    String password = source.password();
    if (password == null) {
      environment.remove("PGPASSWORD");
    } else {
      environment.put("PGPASSWORD", password);
    }
    DRIVER_PARAMETERS.forEach(
        (parameter, variable) -> {
          String value = source.url().parameters().get(parameter);
          if (value != null) {
            environment.put(variable, value);
          }
        });
    return builder;
  }

  /** Runs to the end and returns the last lines; an exit code but 0 is an exception. */
  String run(List<String> command) throws IOException {
    Process process = process(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    Deque<String> lines = new ArrayDeque<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.addLast(line);
        if (lines.size() > LINES_KEPT) {
          lines.removeFirst();
        }
      }
    }
    requireSuccess(process, command, List.copyOf(lines));
    return lines.stream().collect(Collectors.joining("\n"));
  }

  static void requireSuccess(Process process, List<String> command, List<String> said)
      throws IOException {
    try {
      int code = process.waitFor();
      if (code != 0) {
        throw new IOException(
            Path.of(command.get(0)).getFileName()
                + " failed with code "
                + code
                + ": "
                + last(said));
      }
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + command.get(0) + " ran", e);
    }
  }

  private static String last(List<String> said) {
    List<String> errors = new ArrayList<>(said);
    errors.removeIf(line -> !line.contains("rror") && !line.contains("FATAL"));
    List<String> best = errors.isEmpty() ? said : errors;
    return best.isEmpty() ? "it gave no reason" : best.get(best.size() - 1);
  }
}
