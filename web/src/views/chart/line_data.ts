// What each line of a chart has in view, and the columns that uPlot draws of all of them.
import { align, type Column, stack } from '../../logic/align.ts';
import type { ChartBuffer } from '../../logic/chart_buffer.ts';
import type { ChartSpec, LineSpec } from '../../logic/chart_spec.ts';
import {
  type ChartWindow,
  columnsOfWindow,
  fillWindow,
  makeWindow,
  type WindowSummary,
} from '../../logic/chart_window.ts';
import { slide } from '../../logic/overlay.ts';
import type { PercentileBand } from '../../logic/percentiles.ts';

export interface PlotLine {
  readonly spec: LineSpec;
  readonly buffer: ChartBuffer;
  readonly window: ChartWindow;
  summary: WindowSummary;
}

/** What is drawn, in ms. */
export interface View {
  readonly from: number;
  readonly to: number;
  readonly now: number;
  /** How much earlier the compared period is. */
  readonly shiftMs: number;
}

const NOTHING: WindowSummary = { min: 0, max: 0, mean: Number.NaN, last: Number.NaN, points: 0 };

export function makeLine(spec: LineSpec, buffer: ChartBuffer): PlotLine {
  return { spec, buffer, window: makeWindow(buffer.percents.length), summary: NOTHING };
}

export function fillLine(line: PlotLine, view: View, holds: boolean): void {
  const { spec, buffer, window } = line;
  const { from, to, now, shiftMs } = view;
  if (spec.earlier === true) {
    line.summary = fillWindow(buffer, from - shiftMs, to - shiftMs, holds, window);
    for (let i = 0; i < window.times.length; i += 1) window.times[i] = window.times[i]! + shiftMs / 1000;
    return;
  }
  if (spec.overlay !== null) line.summary = fillOverlay(line, from, to);
  else line.summary = fillWindow(buffer, from, to, holds, window);
  if (holds) holdLast(window, Math.min(now, to));
}

const overlayTimes: number[] = [];
const overlayValues: number[] = [];

function fillOverlay({ spec, buffer, window }: PlotLine, from: number, to: number): WindowSummary {
  slide(buffer, spec.overlay!, from, to, overlayTimes, overlayValues);
  let [min, max, sum, points] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  let at = 0;
  const put = (ms: number, value: number | null) => {
    window.times[at] = ms / 1000;
    window.means[at] = value;
    window.mins[at] = value;
    window.maxs[at] = value;
    for (const column of window.percentiles) column[at] = value;
    at += 1;
  };
  for (let i = 0; i < overlayTimes.length; i += 1) {
    const value = overlayValues[i]!;
    const time = overlayTimes[i]!;
    // A gap of the line is one of its statistics too.
    if (i > 0 && time - overlayTimes[i - 1]! > buffer.gapMs) put((time + overlayTimes[i - 1]!) / 2, null);
    put(time, Number.isNaN(value) ? null : value);
    if (Number.isNaN(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    points += 1;
  }
  for (const column of columnsOfWindow(window)) column.length = at;
  const last = overlayValues[overlayValues.length - 1] ?? Number.NaN;
  return { min, max, mean: points > 0 ? sum / points : Number.NaN, last, points };
}

/** A state lasts until the next one: its line goes on to now. */
function holdLast(window: ChartWindow, until: number): void {
  const { times } = window;
  const last = times.length - 1;
  if (last < 0 || times[last]! * 1000 >= until) return;
  for (const column of columnsOfWindow(window)) column.push(column[last]!);
  times[last + 1] = until / 1000;
}

/** The value, and the upper and the lower edge of each band. */
function columnsOfLine({ window, buffer }: PlotLine, spec: ChartSpec): (number | null)[][] {
  const columns = [window.means];
  if (hasBand(spec)) columns.push(window.maxs, window.mins);
  for (const { low, high } of percentileBands(spec)) {
    for (const percent of [high, low])
      columns.push(window.percentiles[buffer.percents.indexOf(percent)] ?? window.means);
  }
  return columns;
}

/** Columns of all lines, as uPlot takes them: as many of each. */
export function columnsOf(
  lines: readonly PlotLine[],
  spec: ChartSpec,
  hidden: ReadonlySet<number>,
): Column[] {
  const aligned = align(
    lines.map((line, i) => ({
      times: hidden.has(i) ? [] : line.window.times,
      columns: columnsOfLine(line, spec).map((column) => (hidden.has(i) ? [] : column)),
    })),
  );
  if (!spec.stack) return aligned;
  return [aligned[0]!, ...stack(aligned.slice(1))];
}

export function hasBand(spec: ChartSpec): boolean {
  return spec.band && !spec.stack;
}

export function percentileBands(spec: ChartSpec): readonly PercentileBand[] {
  return spec.stack ? [] : (spec.percentiles ?? []);
}

/** Bands of each line. */
export function bandCount(spec: ChartSpec): number {
  return (hasBand(spec) ? 1 : 0) + percentileBands(spec).length;
}
