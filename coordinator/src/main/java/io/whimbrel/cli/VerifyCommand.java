// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.reader.MemoryReader;
import io.whimbrel.reader.StoreVerification;
import io.whimbrel.reader.StoreVerifier;
import io.whimbrel.report.HumanUnits;
import io.whimbrel.worker.CommandErrors;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Reads every memory of a store and checks all that can be checked. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Reads every memory, and checks segments, pointers, checksums and dictionaries.")
final class VerifyCommand extends StoreCommand implements Callable<Integer> {

  private static final int FINDINGS_MAX = 100;

  @Override
  public Integer call() {
    try (MemoryReader reader = MemoryReader.open(url(), System.getenv())) {
      StoreVerification found = new StoreVerifier().verify(reader);
      out().printf(Locale.ROOT, "memories    %,d%n", found.memories());
      found
          .forms()
          .forEach(
              (form, count) ->
                  out()
                      .printf(
                          Locale.ROOT,
                          "  %-20s %,d%n",
                          form.name().toLowerCase(Locale.ROOT),
                          count));
      out().println("digest      " + found.contentDigest() + ", which no migration changes");
      out().printf(Locale.ROOT, "warnings    %,d%n", found.warnings());
      out().printf(Locale.ROOT, "segments    %,d%n", found.segments());
      if (found.unusedSegments() > 0 || found.deadBytes() > 0) {
        out()
            .printf(
                Locale.ROOT,
                "dead space  %,d segments of %s, and %s in others%n",
                found.unusedSegments(),
                HumanUnits.bytes(found.unusedSegmentBytes()),
                HumanUnits.bytes(found.deadBytes()));
      }
      found
          .retainedMigration()
          .ifPresent(id -> out().println("compared with the legacy table kept by migration " + id));
      printFindings(found);
      out().println(found.isSound() ? "The store is sound." : "The store is DAMAGED.");
      return found.isSound() ? 0 : CommandErrors.FAILED;
    }
  }

  private void printFindings(StoreVerification found) {
    long all = found.warnings() + found.quarantined();
    for (long count : found.faults().values()) {
      all += count;
    }
    int shown = Math.min(found.findings().size(), FINDINGS_MAX);
    found.findings().subList(0, shown).forEach(finding -> out().println("  " + finding));
    if (all > shown) {
      out().printf(Locale.ROOT, "  and %,d more%n", all - shown);
    }
  }
}
