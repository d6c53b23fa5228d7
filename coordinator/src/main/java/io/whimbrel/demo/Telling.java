// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

/** A text in the making: what is written so far, and what the next word must heed. */
final class Telling {
  private final StringBuilder text = new StringBuilder(4_096);
  private final Dice dice;
  private final Scene scene;
  private boolean capital;
  private boolean article;

  Telling(Dice dice, Scene scene) {
    this.dice = dice;
    this.scene = scene;
  }

  Dice dice() {
    return dice;
  }

  Scene scene() {
    return scene;
  }

  int length() {
    return text.length();
  }

  /** The next letter is a capital one. */
  void capitalizeNext() {
    capital = true;
  }

  /** "a" or "an" comes before the next word. */
  void articleNext() {
    article = true;
  }

  void append(String words) {
    // A space between the article's mark and its word belongs before the word, not after "a".
    String rest = article && words.startsWith(" ") ? words.substring(1) : words;
    if (rest.isEmpty()) {
      return;
    }
    if (article) {
      article = false;
      appendCapitalized(startsWithVowel(rest) ? "an " : "a ");
    }
    appendCapitalized(rest);
  }

  void append(int number) {
    append(Integer.toString(number));
  }

  /** The text up to here, without white space at its end. */
  String told() {
    return text.toString().stripTrailing();
  }

  private void appendCapitalized(String words) {
    int from = text.length();
    text.append(words);
    if (capital) {
      text.setCharAt(from, Character.toUpperCase(text.charAt(from)));
      capital = false;
    }
  }

  private static boolean startsWithVowel(String word) {
    return ("aeiouAEIOUé".indexOf(word.charAt(0)) >= 0 && !word.startsWith("us"))
        || word.startsWith("hon")
        || word.startsWith("hour")
        || word.startsWith("heir");
  }
}
