// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.report.HumanUnits;
import io.whimbrel.store.Inspection;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Looks at a store and says what a migration would meet. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    description = "Looks at a store: what is in it, what cannot be carried over, what it takes.")
final class InspectCommand extends StoreCommand implements Callable<Integer> {

  @Override
  public Integer call() throws SQLException {
    try (Store store = openReadOnly()) {
      Inspection found = store.inspector().inspect();
      out().println("store     " + store.url().redacted());
      out().println("layout    " + found.layoutName());
      out().printf(Locale.ROOT, "memories  %,d%n", found.memoriesEstimated());
      out().println("size      " + HumanUnits.bytes(found.sizes().wholeStore()));
      out().println("disk      " + disk(found));
      found.facts().forEach(fact -> out().println("  " + fact));
      found.warnings().forEach(warning -> out().println("  note: " + warning));
      out()
          .println(
              "This store can be migrated: `whimbrel migrate --db-url " + url().redacted() + "`");
      return 0;
    }
  }

  private static String disk(Inspection found) {
    String needed =
        "up to "
            + HumanUnits.bytes(found.diskNeededBytes())
            + " more during a migration, and up to "
            + HumanUnits.bytes(found.sizes().wholeStore())
            + " for its backup";
    return found.diskFreeBytes() < 0
        ? needed + "; free space there is not known from here"
        : needed + ", " + HumanUnits.bytes(found.diskFreeBytes()) + " free";
  }
}
