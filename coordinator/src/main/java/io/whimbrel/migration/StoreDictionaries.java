// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.migration;

import io.whimbrel.format.Dictionary;
import io.whimbrel.store.Store;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The dictionaries of a store, read as they are asked for; open until this is closed. */
final class StoreDictionaries implements AutoCloseable {

  private final Store store;
  private final List<Dictionary> opened = new ArrayList<>();

  StoreDictionaries(Store store) {
    this.store = store;
  }

  @Nullable Dictionary open(int id) {
    for (Dictionary dictionary : opened) {
      if (dictionary.id() == id) {
        return dictionary;
      }
    }
    try {
      Dictionary dictionary = store.shadowTable().loadDictionary(id);
      if (dictionary != null) {
        opened.add(dictionary);
      }
      return dictionary;
    } catch (SQLException e) {
      throw new DictionaryReadException("reading dictionary " + id, e);
    }
  }

  /** Carries an error of the database out of a lookup. */
  static final class DictionaryReadException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DictionaryReadException(String message, SQLException cause) {
      super(message, cause);
    }
  }

  @Override
  public void close() {
    opened.forEach(Dictionary::close);
  }
}
