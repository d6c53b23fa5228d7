// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.reader.StoreVerifier;
import io.whimbrel.store.Store;
import io.whimbrel.worker.CommandErrors;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Reads every memory of a store and checks all that can be checked. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Reads every memory, and checks segments, pointers, checksums and dictionaries.")
final class VerifyCommand extends StoreCommand implements Callable<Integer> {

  @Override
  public Integer call() throws SQLException {
    try (Store store = openReadOnly()) {
      StoreVerifier.Result result = new StoreVerifier(store).verify();
      result.lines().forEach(out()::println);
      return result.isSound() ? 0 : CommandErrors.FAILED;
    }
  }
}
