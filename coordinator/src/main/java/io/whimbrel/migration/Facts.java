// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run learns on its way and a later process needs; kept as JSON in the migration's row. */
@JsonInclude(JsonInclude.Include.NON_NULL)
final class Facts {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The backup once it is verified. */
  record BackupFact(String kind, String location, long sizeBytes, String check) {}

  /** The store's own mode before the run, such as a journal mode. */
  public @Nullable String storeMode;

  public @Nullable String layout;
  public long wholeStoreBytesBefore;
  public int dictionaryBytes;
  public @Nullable BackupFact backup;

  /** Milliseconds spent in each phase, over all processes that led the run. */
  public Map<String, Long> phaseMillis = new LinkedHashMap<>();

  /** Changed keys that were drained before the cut-over, over all rounds. */
  public long changesDrained;

  public int cutOverAttempts;

  /** How long the swap that succeeded took, its wait for locks included. */
  public long cutOverMillis;

  /** What a rollback found when it compared the store with the copy; null before that. */
  public @Nullable String rollbackProof;

  /** Whether the steps after a swap are done. */
  public boolean settled;

  /** Writes them to the ledger; a coordinator that was replaced is refused. */
  void save(RunContext context, Leadership lead) throws SQLException {
    context
        .store()
        .update(
            connection ->
                context
                    .ledger()
                    .migrations()
                    .recordFacts(connection, lead.migrationId(), lead.epoch(), toJson()));
  }

  String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("facts are plain values", e);
    }
  }

  /** Those of the migration that was taken over, as the leader before left them. */
  static Facts of(RunContext context, Leadership lead) throws SQLException {
    return fromJson(
        context
            .store()
            .read(connection -> context.ledger().migrations().get(connection, lead.migrationId()))
            .facts());
  }

  static Facts fromJson(String json) {
    try {
      return JSON.readValue(json, Facts.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the ledger holds facts that this version cannot read", e);
    }
  }
}
