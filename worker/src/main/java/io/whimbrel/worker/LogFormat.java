// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.worker;

import java.util.List;
import picocli.CommandLine.Option;

/**
 * The form of the lines on standard error. It is chosen before the first logger is made, so the
 * option itself is only there to be documented and checked.
 */
public final class LogFormat {

  /** The forms by their names on the command line. */
  public enum Form {
    TEXT,
    JSON
  }

  private static final String OPTION = "--log-format";
  private static final String PROPERTY = "whimbrel.log.format";

  @Option(
      names = OPTION,
      description =
          "text, or json: one object a line, with migration, worker, range and attempt (default"
              + " text)")
  Form form = Form.TEXT;

  /** Chooses the form from the arguments. */
  static void choose(List<String> args) {
    int at = args.indexOf(OPTION);
    boolean json =
        args.stream().anyMatch((OPTION + "=json")::equalsIgnoreCase)
            || (at >= 0 && at + 1 < args.size() && args.get(at + 1).equalsIgnoreCase("json"));
    if (json) {
      System.setProperty(PROPERTY, "json");
      // Whoever collects logs wants to see what happens, not only what goes wrong.
      if (System.getProperty("whimbrel.log.level") == null) {
        System.setProperty("whimbrel.log.level", "INFO");
      }
    }
  }

  /** Whether the lines of this process are JSON. */
  public static boolean isJson() {
    return "json".equals(System.getProperty(PROPERTY));
  }
}
