// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import io.whimbrel.metrics.RetryCause;
import io.whimbrel.retry.EnvironmentErrors;
import io.whimbrel.store.StoreRefusedException;
import java.util.List;
import java.util.Optional;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * How errors of commands reach people: one line on standard error that says what happened, and an
 * exit code; a stack trace only with {@code --verbose}.
 */
public final class CommandErrors {

  /** Bad usage, or a store that cannot be served; nothing was touched. */
  public static final int USAGE = 2;

  /** Stopped by a person. */
  public static final int STOPPED = 3;

  /** Failed, and a person must look. */
  public static final int FAILED = 4;

  private CommandErrors() {}

  /** Chooses the log level before the first logger is made. */
  public static void setLogLevel(List<String> args) {
    if (args.contains("--verbose") || args.contains("-v")) {
      System.setProperty("whimbrel.log.level", "DEBUG");
      System.setProperty("whimbrel.log.level.grid", "INFO");
      System.setProperty("whimbrel.log.level.pool", "WARN");
    }
    LogFormat.choose(args);
  }

  public static void install(CommandLine command) {
    command.setCaseInsensitiveEnumValuesAllowed(true);
    command.setParameterExceptionHandler(
        (error, args) -> {
          say(
              error.getCommandLine(),
              oneLine(describe(error))
                  + "; try `"
                  + error.getCommandLine().getCommandSpec().qualifiedName()
                  + " --help`");
          return USAGE;
        });
    command.setExecutionExceptionHandler(
        (error, failing, result) -> {
          boolean verbose = isVerbose(result);
          say(failing, oneLine(describe(error)));
          if (verbose) {
            error.printStackTrace(failing.getErr());
          }
          failing.getErr().flush();
          return error instanceof StoreRefusedException || error instanceof IllegalArgumentException
              ? USAGE
              : FAILED;
        });
  }

  // One line either way; among JSON lines it is one of them.
  private static void say(CommandLine command, String line) {
    if (LogFormat.isJson()) {
      LoggerFactory.getLogger(CommandErrors.class).error("{}", line);
    } else {
      command.getErr().println("whimbrel: " + line);
    }
  }

  private static boolean isVerbose(CommandLine.ParseResult result) {
    for (CommandLine.ParseResult at = result; at != null; at = at.subcommand()) {
      if (at.hasMatchedOption("--verbose")) {
        return true;
      }
    }
    return false;
  }

  private static String describe(Throwable error) {
    Optional<RetryCause> cause = EnvironmentErrors.cause(error);
    if (cause.isPresent() && cause.get() == RetryCause.LOCK_TIMEOUT) {
      return "another process holds the store's locks; nothing was half done: try again when it is"
          + " free ("
          + error.getMessage()
          + ")";
    }
    String message = error.getMessage();
    return message == null || message.isBlank() ? error.getClass().getSimpleName() : message;
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }
}
