// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

/** The legacy tables in the order in which rows can be written, and the columns that we write. */
enum DemoTable {
  USERS(
      "users", "id, username, email, hashed_password, is_active, is_admin, created_at, updated_at"),
  CONTEXTS(
      "contexts",
      "id, name, description, access_level, owner_id, created_at, updated_at, is_active,"
          + " context_metadata"),
  MEMORIES(
      "memories",
      "id, title, content, access_level, owner_id, context_id, created_at, updated_at, version,"
          + " is_active, memory_metadata, embedding_vector, content_compressed, content_size,"
          + " access_count, last_accessed"),
  RELATIONS(
      "relations",
      "id, name, source_context_id, target_memory_id, source_memory_id, target_context_id,"
          + " owner_id, strength, relation_metadata, created_at, updated_at, is_active"),
  VERSIONS(
      "memory_versions",
      "id, memory_id, version, title, content, created_at, created_by, change_description,"
          + " version_metadata"),
  CHUNKS(
      "memory_chunks",
      "id, memory_id, chunk_index, chunk_data, chunk_metadata, compression_type, created_at,"
          + " updated_at, is_active");

  private final String table;
  private final String columns;

  DemoTable(String table, String columns) {
    this.table = table;
    this.columns = columns;
  }

  String table() {
    return table;
  }

  /** The columns, separated by commas, in the order in which rows hold their values. */
  String columns() {
    return columns;
  }

  int width() {
    return (int) columns.chars().filter(c -> c == ',').count() + 1;
  }
}
