// What uPlot is given of a buffer: the points in view and one beyond each edge, times in seconds, nulls at gaps.
import type { ChartBuffer } from './chart_buffer.ts';

export interface ChartWindow {
  readonly times: number[];
  readonly means: (number | null)[];
  readonly mins: (number | null)[];
  readonly maxs: (number | null)[];
  /** Of each percentile of the buffer. */
  readonly percentiles: (number | null)[][];
}

export interface WindowSummary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly last: number;
  readonly points: number;
}

export function makeWindow(percentiles = 0): ChartWindow {
  return {
    times: [],
    means: [],
    mins: [],
    maxs: [],
    percentiles: Array.from({ length: percentiles }, () => []),
  };
}

export function columnsOfWindow({ times, means, mins, maxs, percentiles }: ChartWindow): (number | null)[][] {
  return [times, means, mins, maxs, ...percentiles];
}

/**
 * Fills `window` in place. `joinGaps`: a state holds until it changes, so silence is no gap in it.
 */
export function fillWindow(
  buffer: ChartBuffer,
  from: number,
  to: number,
  joinGaps: boolean,
  window: ChartWindow,
): WindowSummary {
  const first = Math.max(0, buffer.firstAt(from) - 1);
  const end = Math.min(buffer.length, buffer.firstAt(to) + 1);
  let at = 0;
  let sum = 0;
  let points = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let last = Number.NaN;
  for (let i = first; i < end; i += 1) {
    const time = buffer.time(i);
    if (i > first && !joinGaps && time - buffer.time(i - 1) > buffer.gapMs) {
      setPoint(window, at, (buffer.time(i - 1) + time) / 2, Number.NaN, Number.NaN, Number.NaN);
      for (const column of window.percentiles) column[at] = null;
      at += 1;
    }
    const mean = buffer.mean(i);
    setPoint(window, at, time, mean, buffer.min(i), buffer.max(i));
    for (let k = 0; k < window.percentiles.length; k += 1)
      window.percentiles[k]![at] = Number.isNaN(mean) ? null : buffer.percentile(k, i);
    at += 1;
    if (Number.isNaN(mean)) continue;
    min = Math.min(min, buffer.min(i));
    max = Math.max(max, buffer.max(i));
    sum += mean;
    points += 1;
    last = mean;
  }
  for (const column of columnsOfWindow(window)) column.length = at;
  return { min, max, mean: points === 0 ? Number.NaN : sum / points, last, points };
}

function setPoint(window: ChartWindow, at: number, ms: number, mean: number, min: number, max: number): void {
  const missing = Number.isNaN(mean);
  window.times[at] = ms / 1000;
  window.means[at] = missing ? null : mean;
  window.mins[at] = missing ? null : min;
  window.maxs[at] = missing ? null : max;
}
