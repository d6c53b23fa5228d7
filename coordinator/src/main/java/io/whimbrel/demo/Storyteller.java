// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

/** Writes the titles and texts of memories: turns, observations, summaries, notes, code. */
final class Storyteller {
  /** Below this a memory is one sentence or one turn, above it a shape with a head and items. */
  private static final int BRIEF_CHARS = 160;

  /** A long text changes its shape about this often. */
  private static final int SECTION_CHARS = 6_000;

  private final Vocabulary vocabulary;
  private final Grammar grammar;
  private final Dice dice;

  Storyteller(Dice dice) {
    Lexicon lexicon = Lexicon.load();
    this.vocabulary = new Vocabulary(lexicon);
    this.grammar = Grammar.load(lexicon, vocabulary);
    this.dice = dice;
  }

  Vocabulary vocabulary() {
    return vocabulary;
  }

  /** A title of at most 200 code points. */
  String title(Scene scene) {
    Telling telling = new Telling(dice, scene);
    grammar.tell("title", telling);
    return CodePoints.first(telling.told(), 200);
  }

  /** A text of about that many characters: over or under by half a sentence. */
  String text(Scene scene, int chars) {
    return chars < BRIEF_CHARS ? brief(scene, chars) : shaped(scene, chars);
  }

  private String brief(Scene scene, int chars) {
    String rule = vocabulary.isTechnical(scene) ? "brief.tech" : "brief.life";
    String best = "";
    // Sentences come in the length they come in: of three, the one that fits best.
    for (int attempt = 0; attempt < 3; attempt++) {
      Telling telling = new Telling(dice, scene);
      grammar.tell(rule, telling);
      String told = telling.told();
      if (best.isEmpty() || Math.abs(told.length() - chars) < Math.abs(best.length() - chars)) {
        best = told;
      }
    }
    return best;
  }

  private String shaped(Scene scene, int chars) {
    Telling telling = new Telling(dice, scene);
    int half = 45;
    while (telling.length() < chars - half) {
      String shape =
          dice.pick(vocabulary.list(vocabulary.isTechnical(scene) ? "shape.tech" : "shape.life"));
      int sectionEnd =
          Math.min(chars, telling.length() + SECTION_CHARS / 2 + dice.below(SECTION_CHARS));
      grammar.tell(shape + ".head", telling);
      String item = shape + ".item";
      while (telling.length() < sectionEnd - half) {
        grammar.tell(item, telling);
      }
      telling.append("\n\n");
    }
    return telling.told();
  }
}
