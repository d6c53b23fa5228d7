// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.util.function.UnaryOperator;

/**
 * Regular English endings. A word of several parts is a verb with its particle or a compound noun:
 * verbs change their first part, nouns their last.
 */
final class Inflection {
  private Inflection() {}

  static String plural(String noun) {
    return withS(noun);
  }

  static String thirdPerson(String verb) {
    return onFirstPart(verb, Inflection::withS);
  }

  /** {@code doubled} is set for verbs that double their last consonant. */
  static String past(String verb, boolean doubled) {
    return onFirstPart(
        verb,
        part -> {
          if (part.endsWith("e")) {
            return part + "d";
          }
          return endsInConsonantY(part)
              ? part.substring(0, part.length() - 1) + "ied"
              : doubling(part, doubled) + "ed";
        });
  }

  static String participle(String verb, boolean doubled) {
    return onFirstPart(
        verb,
        part ->
            part.endsWith("e") && !part.endsWith("ee")
                ? part.substring(0, part.length() - 1) + "ing"
                : doubling(part, doubled) + "ing");
  }

  private static String withS(String word) {
    if (endsInConsonantY(word)) {
      return word.substring(0, word.length() - 1) + "ies";
    }
    boolean hissing =
        word.endsWith("s")
            || word.endsWith("x")
            || word.endsWith("z")
            || word.endsWith("ch")
            || word.endsWith("sh");
    return word + (hissing ? "es" : "s");
  }

  private static boolean endsInConsonantY(String word) {
    return word.length() > 1
        && word.endsWith("y")
        && "aeiou".indexOf(word.charAt(word.length() - 2)) < 0;
  }

  private static String doubling(String part, boolean doubled) {
    return doubled ? part + part.charAt(part.length() - 1) : part;
  }

  private static String onFirstPart(String words, UnaryOperator<String> inflected) {
    int space = words.indexOf(' ');
    return space < 0
        ? inflected.apply(words)
        : inflected.apply(words.substring(0, space)) + words.substring(space);
  }
}
