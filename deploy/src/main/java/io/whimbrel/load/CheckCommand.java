// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Holds a store against the logs of a load that has stopped. */
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Compares a store with what was acknowledged; 0 when all of it is there.")
final class CheckCommand implements Callable<Integer> {

  @Mixin StoreOptions store = new StoreOptions();

  @Override
  public Integer call() throws IOException, SQLException {
    Originals originals = Originals.read(store.originalsFile());
    CheckResult result =
        StoreCheck.of(
            store.target(),
            originals,
            store.values(),
            Promises.of(originals, WrittenLog.readAll(store.folder)));
    PrintStream out = Printing.out();
    out.println(TrialReport.line(result));
    result.findings().forEach(out::println);
    return result.isClean() ? 0 : 1;
  }
}
