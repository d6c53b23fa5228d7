// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmallPartsTest {
  @ParameterizedTest
  @CsvSource({
    "bake, false, bakes, baked, baking",
    "dry, false, dries, dried, drying",
    "stop, true, stops, stopped, stopping",
    "agree on, false, agrees on, agreed on, agreeing on",
    "set up, true, sets up, setted up, setting up",
    "watch, false, watches, watched, watching"
  })
  void verb_isInflected(
      String verb, boolean doubled, String third, String past, String participle) {
    assertThat(Inflection.thirdPerson(verb)).isEqualTo(third);
    assertThat(Inflection.past(verb, doubled)).isEqualTo(past);
    assertThat(Inflection.participle(verb, doubled)).isEqualTo(participle);
  }

  @ParameterizedTest
  @CsvSource({"berry, berries", "day, days", "box, boxes", "olive oil, olive oils"})
  void noun_isInflected(String noun, String plural) {
    assertThat(Inflection.plural(noun)).isEqualTo(plural);
  }

  @Test
  void json_isAscii_whenValuesAreNot() {
    String json =
        new AsciiJson().string("é", "a\"\\\n🎈").number("n", 3).strings("t", "x", "y").done();

    assertThat(json)
        .isEqualTo(
            "{\"\\u00e9\": \"a\\\"\\\\\\n\\ud83c\\udf88\", \"n\": 3, \"t\": [\"x\", \"y\"]}");
  }

  @Test
  void pieces_neverSplitACodePoint_whenTextHasEmoji() {
    assertThat(CodePoints.pieces("a🎈b🎈c", 2)).containsExactly("a🎈", "b🎈", "c");
    assertThat(CodePoints.pieces("", 2)).containsExactly("");
    assertThat(CodePoints.first("a🎈b", 2)).isEqualTo("a🎈");
  }

  @Test
  void article_heedsTheNextWord_whenTold() {
    assertThat(articleBefore("onion")).isEqualTo("An onion");
    assertThat(articleBefore(" hour")).isEqualTo("An hour");
    assertThat(articleBefore("pan")).isEqualTo("A pan");
    assertThat(articleBefore("used pan")).isEqualTo("A used pan");
  }

  @Test
  void knownIds_pickOnlyWhatWasAdded_whenManyWere() {
    Dice dice = new Dice(4);
    KnownIds known = new KnownIds(dice);
    assertThatThrownBy(known::pick).isInstanceOf(IllegalStateException.class);
    LongStream.rangeClosed(1, 50_000).map(id -> 2 * id).forEach(known::add);

    long[] picked = LongStream.generate(known::pick).limit(5_000).toArray();

    assertThat(LongStream.of(picked)).allMatch(id -> id % 2 == 0 && id >= 2 && id <= 100_000);
    assertThat(LongStream.of(picked).filter(id -> id < 50_000).count()).isBetween(500L, 1_000L);
  }

  @Test
  void dice_stayWithinTheirBounds() {
    Dice dice = new Dice(-7);
    for (int i = 0; i < 100_000; i++) {
      assertThat(dice.below(3)).isBetween(0, 2);
      assertThat(dice.between(-2, 2)).isBetween(-2, 2);
      assertThat(dice.skewed(10)).isBetween(0, 9);
      assertThat(dice.spread()).isNotNegative().isFinite();
    }
  }

  @Test
  void options_refuseWhatNoStoreCanBe() {
    assertThatThrownBy(() -> DemoOptions.of(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new DemoOptions(1, 1, DemoMix.PLAIN, 63))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static String articleBefore(String word) {
    Dice dice = new Dice(1);
    Scene scene = new Vocabulary(Lexicon.load()).scene(dice, LocalDate.of(2025, 1, 1));
    Telling telling = new Telling(dice, scene);
    telling.capitalizeNext();
    telling.articleNext();
    telling.append(word);
    return telling.told();
  }
}
