// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The words of the generated texts. A list is named as in the file, {@code first} or {@code
 * noun.garden}; nouns and verbs also have a list for each ending: {@code noun.garden:pl}, {@code
 * verb.garden:s}, {@code :ed} and {@code :ing}.
 */
final class Lexicon {
  private final Map<String, String[]> lists;

  private Lexicon(Map<String, String[]> lists) {
    this.lists = lists;
  }

  static Lexicon load() {
    Map<String, List<String>> lists = new HashMap<>();
    for (String line : Resource.lines("lexicon.txt")) {
      int colon = line.indexOf(": ");
      String name = line.substring(0, colon);
      for (String entry : line.substring(colon + 2).split(" +", -1)) {
        add(lists, name, entry.replace('_', ' '));
      }
    }
    Map<String, String[]> arrays = new HashMap<>();
    lists.forEach((name, words) -> arrays.put(name, words.toArray(String[]::new)));
    return new Lexicon(arrays);
  }

  boolean has(String name) {
    return lists.containsKey(name);
  }

  /** The list itself, not a copy: readers must not write to it. */
  String[] list(String name) {
    String[] words = lists.get(name);
    if (words == null) {
      throw new IllegalArgumentException("no such word list: list=" + name);
    }
    return words;
  }

  private static void add(Map<String, List<String>> lists, String name, String entry) {
    int slash = entry.indexOf('/');
    String base = slash < 0 ? entry : entry.substring(0, slash);
    String irregular = slash < 0 ? "" : entry.substring(slash + 1);
    if (name.startsWith("noun.")) {
      put(lists, name, base);
      put(lists, name + ":pl", slash < 0 ? Inflection.plural(base) : irregular);
    } else if (name.startsWith("verb.")) {
      // The mark for a doubled consonant stands before the irregular form: "win+/won".
      boolean doubled = base.endsWith("+");
      String verb = doubled ? base.substring(0, base.length() - 1) : base;
      put(lists, name, verb);
      put(lists, name + ":s", Inflection.thirdPerson(verb));
      put(lists, name + ":ed", slash < 0 ? Inflection.past(verb, doubled) : irregular);
      put(lists, name + ":ing", Inflection.participle(verb, doubled));
    } else {
      put(lists, name, entry);
    }
  }

  private static void put(Map<String, List<String>> lists, String name, String word) {
    lists.computeIfAbsent(name, key -> new ArrayList<>()).add(word);
  }
}
