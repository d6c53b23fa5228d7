// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StorytellerTest {
  private static final LocalDate DATE = LocalDate.of(2025, 5, 3);
  private static final int BLOCK_BYTES = 32 * 1_024;

  @Test
  void text_isTheSame_whenSeedIsTheSame() {
    assertThat(sample(5, 40, 700)).isEqualTo(sample(5, 40, 700));
    assertThat(sample(5, 40, 700)).isNotEqualTo(sample(6, 40, 700));
  }

  @Test
  void text_leavesNoMarkOfTheGrammar_whenTold() {
    String text = sample(11, 3_000, 900);

    assertThat(text).doesNotContainPattern("<[#^a-z]|\\\\[ns]|\\ba an? |\\bthe the ");
  }

  @Test
  void text_hasAboutTheLengthAskedFor_whenShaped() {
    Storyteller teller = new Storyteller(new Dice(3));
    long chars = 0;
    for (int i = 0; i < 500; i++) {
      chars += teller.text(scene(teller, new Dice(i)), 1_300).length();
    }

    assertThat(chars / 500).isBetween(1_240L, 1_360L);
  }

  @Test
  void vocabulary_isOfAFewThousandWords_whenManyAreTold() {
    Set<String> words =
        new HashSet<>(
            Arrays.asList(sample(2, 4_000, 900).toLowerCase(Locale.ROOT).split("[^\\p{L}'-]+", 0)));

    assertThat(words).hasSizeGreaterThan(4_000);
  }

  /** Real conversations: 2.4 to 3.2 at level 3. Far above that, the texts would be one template. */
  @Test
  void blocks_compressAsRealMemoriesDo_whenPackedAt32KiB() {
    byte[] text = sample(9, 3_000, 900).getBytes(StandardCharsets.UTF_8);
    long raw = 0;
    long packed = 0;
    for (int at = 0; at + BLOCK_BYTES <= text.length; at += BLOCK_BYTES) {
      raw += BLOCK_BYTES;
      packed += Zstd.compress(Arrays.copyOfRange(text, at, at + BLOCK_BYTES), 3).length;
    }

    assertThat((double) raw / packed).isBetween(2.3, 4.0);
  }

  private static String sample(long seed, int texts, int chars) {
    Dice dice = new Dice(seed);
    Storyteller teller = new Storyteller(dice);
    StringBuilder all = new StringBuilder();
    Scene scene = scene(teller, dice);
    for (int i = 0; i < texts; i++) {
      if (i % 15 == 0) {
        scene = scene(teller, dice);
      }
      all.append(teller.text(scene, (int) (chars * dice.spread()))).append('\n');
    }
    return all.toString();
  }

  private static Scene scene(Storyteller teller, Dice dice) {
    return teller.vocabulary().scene(dice, DATE);
  }
}
