// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.legacy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The SHA-256, in hex, that an application kept in the metadata of its chunks. */
final class ChunkHash {

  /** The applications write NaN and Infinity bare, which is no JSON but theirs. */
  private static final ObjectReader READER =
      JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build().reader();

  private ChunkHash() {}

  static String of(byte[] text) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The recorded hash, or null when the metadata is missing, unreadable or without one. */
  static @Nullable String recordedIn(Chunk chunk) {
    String json = chunk.metadataJson();
    if (json == null) {
      return null;
    }
    try {
      JsonNode hash = READER.readTree(json).path("hash");
      return hash.isTextual() ? hash.textValue() : null;
    } catch (JsonProcessingException e) {
      // Metadata is free for the application to fill: junk there says nothing about the text.
      return null;
    }
  }
}
