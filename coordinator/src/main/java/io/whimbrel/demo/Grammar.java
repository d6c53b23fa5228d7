// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import io.whimbrel.demo.Phrases.Part;
import io.whimbrel.demo.Vocabulary.TopicalWords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules by which texts are told, read once and compiled to parts that write themselves. Safe
 * for several threads: all that changes is in the {@link Telling}.
 */
final class Grammar {
  /** Of a hundred nouns, verbs and adjectives this many belong to the scene's topic. */
  private static final int TOPICAL_PERCENT = 60;

  private final Vocabulary vocabulary;
  private final Map<String, Part> made;
  private final Map<String, List<String>> sources = new HashMap<>();
  private final Map<String, Part> rules = new HashMap<>();

  private Grammar(Vocabulary vocabulary, Map<String, Part> made) {
    this.vocabulary = vocabulary;
    this.made = made;
  }

  static Grammar load(Lexicon lexicon, Vocabulary vocabulary) {
    Grammar grammar = new Grammar(vocabulary, Phrases.byName(lexicon));
    String rule = "";
    for (String line : Resource.lines("grammar.txt")) {
      if (line.startsWith("  ")) {
        grammar.source(rule).add(line.substring(2));
      } else {
        rule = line.substring(0, line.length() - 1);
      }
    }
    grammar.sources.forEach((name, forms) -> grammar.rules.put(name, grammar.compileRule(forms)));
    return grammar;
  }

  /** Writes one expansion of the rule to the text. */
  void tell(String rule, Telling out) {
    called(rule).tell(out);
  }

  private Part called(String rule) {
    Part part = rules.get(rule);
    if (part == null) {
      throw new IllegalArgumentException("no such rule: rule=" + rule);
    }
    return part;
  }

  private List<String> source(String rule) {
    return sources.computeIfAbsent(rule, name -> new ArrayList<>());
  }

  private Part compileRule(List<String> forms) {
    List<Part> weighted = new ArrayList<>();
    for (String form : forms) {
      boolean marked = form.matches("\\*\\d .*");
      int weight = marked ? form.charAt(1) - '0' : 1;
      Part part = compileForm(marked ? form.substring(3) : form);
      for (int i = 0; i < weight; i++) {
        weighted.add(part);
      }
    }
    Part[] choices = weighted.toArray(Part[]::new);
    return out -> out.dice().pick(choices).tell(out);
  }

  private Part compileForm(String source) {
    String form = source.replace("\\n", "\n").replace("\\s", " ");
    List<Part> parts = new ArrayList<>();
    int at = 0;
    while (at < form.length()) {
      int open = form.indexOf('<', at);
      if (open != at) {
        String literal = form.substring(at, open < 0 ? form.length() : open);
        parts.add(out -> out.append(literal));
      }
      if (open < 0) {
        break;
      }
      int close = form.indexOf('>', open);
      parts.add(compileReference(form.substring(open + 1, close)));
      at = close + 1;
    }
    Part[] sequence = parts.toArray(Part[]::new);
    return out -> {
      for (Part part : sequence) {
        part.tell(out);
      }
    };
  }

  private Part compileReference(String name) {
    Part phrase = made.get(name);
    if (phrase != null) {
      return phrase;
    }
    if (name.startsWith("#")) {
      int dash = name.indexOf('-');
      return Phrases.number(
          Integer.parseInt(name.substring(1, dash)), Integer.parseInt(name.substring(dash + 1)));
    }
    if (sources.containsKey(name)) {
      // Looked up when told: rules call each other in circles.
      return out -> called(name).tell(out);
    }
    return vocabulary.hasList(name) ? anyWord(vocabulary.list(name)) : topicalWord(name);
  }

  private static Part anyWord(String[] words) {
    return out -> out.append(words[out.dice().skewed(words.length)]);
  }

  private Part topicalWord(String name) {
    TopicalWords words = vocabulary.topical(name);
    return out -> {
      Dice dice = out.dice();
      if (dice.below(100) < TOPICAL_PERCENT) {
        List<String> own = words.byTopic().get(out.scene().topic());
        int size = own.size();
        out.append(own.get((dice.skewed(size) + out.scene().favourite()) % size));
      } else {
        out.append(words.common().get(dice.skewed(words.common().size())));
      }
    };
  }
}
