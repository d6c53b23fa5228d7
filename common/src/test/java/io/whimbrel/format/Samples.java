// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.format;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Memories that resemble each other, the same ones for the same seed. */
final class Samples {

  private static final String[] WORDS = {
    "whimbrel",
    "curlew",
    "mudflat",
    "estuary",
    "spring",
    "tide",
    "flock",
    "migrates",
    "across",
    "the",
    "ocean",
    "without",
    "rest",
    "remembered",
    "yesterday",
    "we",
    "saw",
    "caf\u00E9",
    "\uD83D\uDC26"
  };

  private Samples() {}

  static List<byte[]> memories(long seed, int count) {
    Random random = new Random(seed);
    List<byte[]> memories = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      StringBuilder text = new StringBuilder("Turn ").append(i).append(':');
      int words = random.nextInt(40);
      for (int word = 0; word < words; word++) {
        text.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
      }
      memories.add(text.toString().getBytes(UTF_8));
    }
    return memories;
  }

  /** Bytes that do not compress. */
  static byte[] noise(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Dictionary dictionary(int id) {
    byte[] body = DictionaryTrainer.train(memories(id, 1000), 64 * 1024).orElseThrow();
    return new Dictionary(id, body);
  }
}
