// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.load;

import java.util.Locale;
import java.util.SplittableRandom;

/** What is written: every value follows from the seed and the version alone. */
final class Values {

  private static final String[] WORDS = {
    "the",
    "coast",
    "of",
    "a",
    "long",
    "flight",
    "meeting",
    "notes",
    "moved",
    "to",
    "Tuesday",
    "café",
    "naïve",
    "Zoë",
    "🎈",
    "\n",
    "\"quoted\"",
    "it's",
    "100 %",
    "\\",
    "Δx",
    "雨",
    "again",
    "deploy",
    "server",
    "remember",
    "that",
    "prefers",
    "short",
    "answers",
    "and",
    "tea"
  };

  private final long seed;

  Values(long seed) {
    this.seed = seed;
  }

  /** A text that tells its version at both ends, so that a cut or mixed one is seen. */
  String content(long version) {
    SplittableRandom random = random(version);
    String mark = Long.toHexString(version);
    StringBuilder text = new StringBuilder("[").append(mark).append(']');
    int chars = chars(random);
    while (text.length() < chars) {
      text.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
    }
    return text.append(" [").append(mark).append(" ends]").toString();
  }

  /** As real memories: few are tiny, most a few hundred characters, some a page, very few long. */
  private static int chars(SplittableRandom random) {
    int draw = random.nextInt(1000);
    if (draw < 80) {
      return 0;
    }
    if (draw < 850) {
      return random.nextInt(60, 1_200);
    }
    return draw < 995 ? random.nextInt(1_200, 6_000) : random.nextInt(20_000, 50_000);
  }

  String title(long version) {
    return "written " + Long.toHexString(version);
  }

  int accessCount(long version) {
    return Versions.number(version) % 1_000;
  }

  /** Never ends in a zero, which databases print differently. */
  String time(long version) {
    int number = Versions.number(version);
    return String.format(
        Locale.ROOT,
        "2025-%02d-%02d %02d:%02d:%02d.%05d7",
        1 + number % 12,
        1 + number % 28,
        number % 24,
        number % 60,
        number % 59,
        number % 100_000);
  }

  String metadata(long version) {
    return "{\"written\": \"" + Long.toHexString(version) + "\", \"tags\": [\"caf\\u00e9\"]}";
  }

  /** A short vector, of every third row null. */
  byte[] embedding(long version) {
    byte[] bytes = new byte[16];
    random(~version).nextBytes(bytes);
    return bytes;
  }

  boolean hasEmbedding(long version) {
    return Versions.number(version) % 3 != 0;
  }

  private SplittableRandom random(long version) {
    return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + version);
  }
}
