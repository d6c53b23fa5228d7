// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The lexicon by topic, and the making of scenes from it. */
final class Vocabulary {
  /** A kind of word with the list of each topic and the list that fits all of them. */
  record TopicalWords(List<List<String>> byTopic, List<String> common) {}

  private final Lexicon lexicon;
  private final String[] topics;
  private final int lifeTopics;

  Vocabulary(Lexicon lexicon) {
    this.lexicon = lexicon;
    List<String> all = new ArrayList<>(Arrays.asList(lexicon.list("topics.life")));
    lifeTopics = all.size();
    all.addAll(Arrays.asList(lexicon.list("topics.tech")));
    topics = all.toArray(String[]::new);
  }

  List<String> topics() {
    return List.of(topics);
  }

  boolean isTechnical(Scene scene) {
    return scene.topic() >= lifeTopics;
  }

  boolean hasList(String name) {
    return lexicon.has(name);
  }

  String[] list(String name) {
    return lexicon.list(name);
  }

  /** {@code name} is a kind with its ending, such as {@code noun:pl}. */
  TopicalWords topical(String name) {
    List<List<String>> byTopic =
        Arrays.stream(topics).map(topic -> List.of(lexicon.list(within(name, topic)))).toList();
    return new TopicalWords(byTopic, List.of(lexicon.list(within(name, "common"))));
  }

  /** A new scene; two thirds of them are about life, one third about technology. */
  Scene scene(Dice dice, LocalDate date) {
    int topic =
        dice.chance(0.64) ? dice.below(lifeTopics) : dice.between(lifeTopics, topics.length - 1);
    String[] codenames = lexicon.list("codename");
    String codename = dice.pick(codenames);
    String project = dice.chance(0.4) ? codename + "-" + dice.pick(codenames) : codename;
    return new Scene(
        topic,
        people(dice, lexicon.list("first")),
        project,
        dice.pick(lexicon.list("city")),
        dice.pick(lexicon.list("employer")),
        dice.pick(lexicon.list("language")),
        date,
        dice.below(1 << 16));
  }

  /** Four names at equal steps around the list, so that no two people share one. */
  private static Scene.People people(Dice dice, String[] names) {
    int at = dice.below(names.length);
    int step = dice.between(1, names.length / 4);
    return new Scene.People(
        names[at],
        names[(at + step) % names.length],
        names[(at + 2 * step) % names.length],
        names[(at + 3 * step) % names.length]);
  }

  private static String within(String name, String topic) {
    int colon = name.indexOf(':');
    return colon < 0
        ? name + "." + topic
        : name.substring(0, colon) + "." + topic + name.substring(colon);
  }
}
