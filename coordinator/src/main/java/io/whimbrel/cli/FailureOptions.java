// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.cli;

import io.whimbrel.ledger.MigrationSettings;
import io.whimbrel.legacy.LegacyContentDecoder;
import io.whimbrel.store.StoreRefusedException;
import picocli.CommandLine.Option;

/** What counts as a content that cannot be decoded, and how many of them are borne. */
final class FailureOptions {

  @Option(
      names = "--max-failure-rate",
      description =
          "Share of undecodable memories above which all is rolled back (default ${DEFAULT-VALUE})")
  double maxFailureRate = MigrationSettings.MAX_FAILURE_RATE_DEFAULT;

  @Option(
      names = "--max-unpacked-size",
      description =
          "Bytes that a packed content may unpack to; a larger one is left as it is (default"
              + " ${DEFAULT-VALUE})")
  long maxUnpackedSize = LegacyContentDecoder.INFLATED_BYTES_MAX_DEFAULT;

  void check() {
    if (!(maxFailureRate >= 0 && maxFailureRate <= 1)) {
      throw new StoreRefusedException("--max-failure-rate must be 0 to 1, not " + maxFailureRate);
    }
    if (maxUnpackedSize < 1 || maxUnpackedSize > LegacyContentDecoder.INFLATED_BYTES_MAX) {
      throw new StoreRefusedException(
          "--max-unpacked-size must be 1 to "
              + LegacyContentDecoder.INFLATED_BYTES_MAX
              + ", not "
              + maxUnpackedSize);
    }
  }
}
