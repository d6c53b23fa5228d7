// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.reader;

/** What can be wrong with a store. The codes are for reports and never change. */
public enum StoreFault {
  MISSING_SEGMENT("missing-segment", "A memory names a segment that does not exist."),
  DAMAGED_SEGMENT("damaged-segment", "A segment does not decompress to what it should hold."),
  MISSING_DICTIONARY("missing-dictionary", "A segment needs a dictionary that does not exist."),
  POINTER_OUT_OF_BOUNDS(
      "pointer-out-of-bounds", "A memory's place is incomplete or lies outside its segment."),
  CHECKSUM_MISMATCH("checksum-mismatch", "The bytes at a memory's place do not have its checksum."),
  LOST_MEMORY("lost-memory", "A memory of the retained legacy table is not in the migrated table.");

  private final String code;
  private final String sentence;

  StoreFault(String code, String sentence) {
    this.code = code;
    this.sentence = sentence;
  }

  /** The stable name, in lower case with hyphens. */
  public String code() {
    return code;
  }

  /** One sentence for people. */
  public String sentence() {
    return sentence;
  }
}
