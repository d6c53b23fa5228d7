// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.whimbrel.legacy.LegacyContentDecoder;
import org.jspecify.annotations.Nullable;

/**
 * What a run was asked to do, kept in the ledger so that every worker and every restart agree.
 *
 * @param batchSize memories a range; null lets the size follow the time a range takes
 * @param level zstd level, 1 to 19
 * @param maxFailureRate share of undecodable memories, 0 to 1, above which all is rolled back
 * @param segmentBytes raw bytes a segment aims at
 * @param inlineBytesMax plain texts of at most so many bytes stay in their row
 * @param unpackedBytesMax what unpacks to more is left as it is; 0, as older ledgers have it, is
 *     the default
 */
public record MigrationSettings(
    @Nullable Integer batchSize,
    int level,
    double maxFailureRate,
    int segmentBytes,
    int inlineBytesMax,
    long unpackedBytesMax) {

  public static final int LEVEL_DEFAULT = 3;
  public static final double MAX_FAILURE_RATE_DEFAULT = 0.05;
  public static final int SEGMENT_BYTES_DEFAULT = 32 << 10;

  /** A pointer takes about as many bytes as such a text. */
  public static final int INLINE_BYTES_MAX_DEFAULT = 24;

  private static final ObjectMapper JSON = new ObjectMapper();

  public MigrationSettings {
    if (batchSize != null && batchSize < 1) {
      throw new IllegalArgumentException("the batch size must be at least 1");
    }
    if (level < 1 || level > 19) {
      throw new IllegalArgumentException("the level must be 1 to 19");
    }
    if (!(maxFailureRate >= 0 && maxFailureRate <= 1)) {
      throw new IllegalArgumentException("the failure rate must be 0 to 1");
    }
    unpackedBytesMax =
        unpackedBytesMax == 0 ? LegacyContentDecoder.INFLATED_BYTES_MAX_DEFAULT : unpackedBytesMax;
  }

  /** The same with segments of another size, which the snapshot's sample suggests. */
  public MigrationSettings withSegmentBytes(int bytes) {
    return new MigrationSettings(
        batchSize, level, maxFailureRate, bytes, inlineBytesMax, unpackedBytesMax);
  }

  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("settings are plain values", e);
    }
  }

  public static MigrationSettings fromJson(String json) {
    try {
      return JSON.readValue(json, MigrationSettings.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the ledger holds settings that this version cannot read", e);
    }
  }
}
