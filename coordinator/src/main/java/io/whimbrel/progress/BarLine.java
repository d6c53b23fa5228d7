// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.progress;

import io.whimbrel.report.HumanUnits;
import io.whimbrel.report.SafeText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Lays out the live line for a width: what matters least goes first when room is short, then the
 * bar shrinks away, and the line is never wider than asked, because a wrapped line cannot be
 * redrawn. Pure.
 */
final class BarLine {
  private static final int MIN_BAR = 8;
  private static final int MAX_BAR = 40;

  private final boolean blocks;

  /** With blocks the bar is drawn in eighths of a character, else in plain ASCII. */
  BarLine(boolean blocks) {
    this.blocks = blocks;
  }

  String render(Progress progress, Duration elapsed, int width) {
    String head = SafeText.line(progress.phase());
    if (progress.totalIsKnown()) {
      // Padded, like the count below, so that the bar does not jump about while numbers grow.
      head += String.format(Locale.ROOT, " %6s", HumanUnits.percent(progress.fraction()));
    }
    // The bar asks for its least room only: the words are worth more than a longer bar.
    int barRoom = progress.totalIsKnown() ? MIN_BAR + 3 : 0;
    String tail = tail(progress, elapsed, width - head.length() - barRoom);
    if (tail.isEmpty()) {
      // A number says more than a bar does in the same few columns.
      tail = tail(progress, elapsed, width - head.length());
    }
    int bar = Math.min(MAX_BAR, width - head.length() - tail.length() - 3);
    String drawn = progress.totalIsKnown() && bar >= MIN_BAR ? " " + bar(progress, bar) : "";
    String line = head + drawn + tail;
    return line.length() <= width ? line : line.substring(0, Math.max(0, width));
  }

  /** As many parts as fit: chosen by importance, in a fixed order on the line. */
  private static String tail(Progress progress, Duration elapsed, int room) {
    List<Part> parts = parts(progress, elapsed);
    for (int keep = Part.IMPORTANCES; keep > 0; keep--) {
      StringBuilder out = new StringBuilder();
      for (Part part : parts) {
        if (part.importance() <= keep) {
          out.append("  ").append(part.text());
        }
      }
      if (out.length() <= room) {
        return out.toString();
      }
    }
    return "";
  }

  private static List<Part> parts(Progress progress, Duration elapsed) {
    List<Part> parts = new ArrayList<>();
    String counts = ProgressText.counts(progress);
    int widest = progress.totalIsKnown() ? 4 + 2 * HumanUnits.count(progress.total()).length() : 0;
    parts.add(new Part(4, " ".repeat(Math.max(0, widest - counts.length())) + counts));
    if (progress.memoriesPerSecond() > 0) {
      parts.add(new Part(3, HumanUnits.perSecond(progress.memoriesPerSecond())));
    }
    parts.add(
        new Part(
            2,
            progress.complete() || !progress.totalIsKnown()
                ? HumanUnits.clock(elapsed)
                : ProgressText.eta(progress)));
    if (progress.failed() > 0) {
      parts.add(new Part(1, HumanUnits.count(progress.failed()) + " failed"));
    }
    if (progress.workers() > 0) {
      parts.add(new Part(6, ProgressText.workers(progress)));
    }
    if (progress.throttle() != null) {
      parts.add(new Part(5, ProgressText.throttle(progress)));
    }
    return parts;
  }

  private String bar(Progress progress, int width) {
    int eighths = (int) Math.floor(progress.fraction() * width * 8);
    int full = eighths / 8;
    StringBuilder out = new StringBuilder(width + 2).append(blocks ? '▕' : '[');
    out.append((blocks ? "█" : "#").repeat(full));
    if (full < width) {
      int rest = eighths % 8;
      out.append(blocks && rest > 0 ? (char) ('█' + 8 - rest) : ' ');
      out.append(" ".repeat(width - full - 1));
    }
    return out.append(blocks ? '▏' : ']').toString();
  }

  /** A piece of the line; importance 1 goes last, 6 first. */
  private record Part(int importance, String text) {
    static final int IMPORTANCES = 6;
  }
}
