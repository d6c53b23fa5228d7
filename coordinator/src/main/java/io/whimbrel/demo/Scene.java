// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.demo;

import java.time.LocalDate;

/**
 * What neighbouring memories share: a subject, a few people, a place, a time. Without it the words
 * would be spread evenly, as they are in no real store, and would compress differently.
 *
 * @param topic index into {@link Vocabulary#topics()}
 * @param people four names
 * @param favourite where in the topic's word lists this scene's frequent words begin
 */
record Scene(
    int topic,
    People people,
    String project,
    String town,
    String employer,
    String tongue,
    LocalDate date,
    int favourite) {

  /** The names of those who take part; the first two speak most. */
  record People(String first, String second, String third, String fourth) {}
}
