// SPDX-License-Identifier: Apache-2.0
package io.whimbrel.report;

/**
 * The page's style sheet. Text and its ground differ by at least 4.5 to 1 in both colour schemes,
 * and no meaning rests on colour alone.
 */
final class ReportStyle {
  static final String CSS =
      """
      :root {
        color-scheme: light dark;
        --ground: #ffffff; --panel: #f4f6f8; --ink: #1b2530; --soft: #51606f; --line: #d5dce3;
        --before: #8a97a5; --after: #0f766e; --good: #0b6b3a; --good-ground: #e3f4ea;
        --care: #7a4b00; --care-ground: #fdf1dc; --bad: #a3161b; --bad-ground: #fde8e8;
      }
      @media (prefers-color-scheme: dark) {
        :root {
          --ground: #12181f; --panel: #1b242d; --ink: #e6ebf0; --soft: #a7b3bf; --line: #35424e;
          --before: #7d8b99; --after: #2fb5a6; --good: #7fdca6; --good-ground: #12301f;
          --care: #f3c66b; --care-ground: #33270e; --bad: #ff9d9d; --bad-ground: #3a1618;
        }
      }
      * { box-sizing: border-box; }
      body {
        margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 62rem;
        background: var(--ground); color: var(--ink);
        font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
      }
      h1 { margin: .6rem 0 .4rem; font-size: 1.55rem; line-height: 1.3; overflow-wrap: anywhere; }
      h2 {
        margin: 2.2rem 0 .7rem; padding-bottom: .3rem; font-size: 1.15rem;
        border-bottom: 1px solid var(--line);
      }
      p.about { margin: 0; color: var(--soft); overflow-wrap: anywhere; }
      .badge {
        display: inline-block; padding: .15rem .7rem; border-radius: 1rem; font-weight: 600;
      }
      .good { color: var(--good); background: var(--good-ground); }
      .care { color: var(--care); background: var(--care-ground); }
      .bad { color: var(--bad); background: var(--bad-ground); }
      dl.tiles {
        display: grid; gap: .8rem; margin: 1.4rem 0 0;
        grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr));
      }
      dl.tiles div {
        display: flex; flex-direction: column-reverse; justify-content: flex-end;
        padding: .8rem 1rem; border-radius: .5rem; background: var(--panel);
      }
      dl.tiles dd { margin: 0; font-size: 1.5rem; font-weight: 650; line-height: 1.3; }
      dl.tiles dt { color: var(--soft); font-size: .9rem; }
      li { margin: .3rem 0; overflow-wrap: anywhere; }
      .scroll { overflow-x: auto; margin: .8rem 0 1.4rem; }
      table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
      caption { padding: 0 0 .4rem; text-align: left; font-weight: 600; }
      th, td {
        padding: .4rem .6rem .4rem 0; border-bottom: 1px solid var(--line);
        text-align: left; vertical-align: top; overflow-wrap: anywhere;
      }
      thead th { color: var(--soft); font-size: .9rem; overflow-wrap: normal; }
      th[scope=row] { width: 38%; font-weight: 500; }
      .listed th[scope=row] { width: auto; }
      .listed th, .listed td { overflow-wrap: normal; }
      .listed bdi { overflow-wrap: anywhere; }
      .wide { min-width: 36rem; }
      .wide th[scope=row] { min-width: 11rem; }
      code { font: .9em/1.4 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
      figure { margin: .8rem 0 1.4rem; }
      figcaption { margin-bottom: .4rem; font-weight: 600; }
      dl.bars {
        display: grid; gap: .45rem .8rem; margin: 0; align-items: center;
        grid-template-columns: minmax(6rem, 13rem) 1fr;
      }
      dl.bars dt { overflow-wrap: anywhere; }
      dl.bars dd {
        display: grid; grid-template-columns: 1fr 9.5rem; gap: .8rem; margin: 0;
        align-items: center; font-variant-numeric: tabular-nums;
      }
      svg { display: block; }
      svg.columns { border-radius: .3rem; }
      p.ends {
        display: flex; justify-content: space-between; margin: .2rem 0; color: var(--soft);
        font-size: .9rem;
      }
      .track { fill: var(--panel); } .before { fill: var(--before); } .after { fill: var(--after); }
      footer { margin-top: 2.5rem; color: var(--soft); font-size: .9rem; }
      @media (max-width: 34rem) {
        dl.bars { grid-template-columns: 1fr; gap: .1rem; }
        dl.bars dd { grid-template-columns: 1fr 7.5rem; margin-bottom: .5rem; }
        table:not(.listed) th[scope=row] { width: 45%; }
        dl.tiles { grid-template-columns: 1fr 1fr; }
        dl.tiles dd { font-size: 1.25rem; }
      }
      @media print { body { max-width: none; } .scroll { overflow: visible; } }
      """;

  private ReportStyle() {}
}
