// SPDX-License-Identifier: Apache-2.0
"use strict";

/** A line over time that keeps its points bounded, in the colours of the page. */
class TimeChart {
  static POINTS_MAX = 720;

  constructor(element, summary, format) {
    this.element = element;
    this.summary = summary;
    this.format = format;
    this.times = [];
    this.values = [];
    this.plot = null;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.rebuild());
    new ResizeObserver(() => this.resize()).observe(element);
  }

  /** Replaces all points; times are seconds since 1970. */
  reset(points) {
    this.times = points.map((point) => point[0]);
    this.values = points.map((point) => point[1]);
    this.draw();
  }

  add(seconds, value) {
    const last = this.times[this.times.length - 1];
    if (last !== undefined && seconds <= last) {
      return;
    }
    this.times.push(seconds);
    this.values.push(value);
    if (this.times.length > TimeChart.POINTS_MAX) {
      this.thinOut();
    }
    this.draw();
  }

  // Every other point of the older half goes: the shape stays, the present keeps its detail.
  thinOut() {
    const half = Math.floor(this.times.length / 2);
    const keep = (_, i) => i >= half || i % 2 === 0;
    this.times = this.times.filter(keep);
    this.values = this.values.filter(keep);
  }

  draw() {
    if (this.times.length < 2) {
      return;
    }
    if (this.plot === null) {
      this.rebuild();
    } else {
      this.plot.setData([this.times, this.values]);
    }
    this.describe();
  }

  describe() {
    const known = this.values.filter((value) => value !== null);
    if (known.length === 0) {
      return;
    }
    this.summary.textContent =
      `Now ${this.format(known[known.length - 1])}, between ${this.format(Math.min(...known))}` +
      ` and ${this.format(Math.max(...known))} over ${since(this.times)}.`;
  }

  resize() {
    if (this.plot !== null && this.element.clientWidth > 0) {
      this.plot.setSize({ width: this.element.clientWidth, height: this.element.clientHeight });
    }
  }

  rebuild() {
    if (this.times.length < 2 || this.element.clientWidth === 0) {
      return;
    }
    if (this.plot !== null) {
      this.plot.destroy();
    }
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour("--soft"),
      grid: { stroke: colour("--line"), width: 1 },
      ticks: { stroke: colour("--line"), width: 1 },
    };
    const options = {
      width: this.element.clientWidth,
      height: this.element.clientHeight,
      // Room for half of a time at the right end.
      padding: [12, 30, 0, 0],
      cursor: { show: false },
      legend: { show: false },
      scales: { y: { range: (_, min, max) => [0, max > 0 ? max * 1.1 : 1] } },
      axes: [
        { ...axis, space: 90, values: (_, ticks) => ticks.map(timeOfDay) },
        { ...axis, size: 64, values: (_, ticks) => ticks.map((tick) => this.format(tick)) },
      ],
      series: [
        {},
        {
          stroke: colour("--after"),
          fill: colour("--after") + "22",
          width: 2,
          points: { show: false },
          spanGaps: true,
        },
      ],
    };
    this.plot = new uPlot(options, [this.times, this.values], this.element);
  }
}

function timeOfDay(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB");
}

function since(times) {
  const seconds = Math.max(2, Math.round(times[times.length - 1] - times[0]));
  if (seconds < 90) {
    return `${seconds} seconds`;
  }
  return seconds < 5400 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}
