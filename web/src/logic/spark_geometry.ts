// A sparkline's shape in pixels: runs of joined points, so that a gap stays a gap.
import type { Ring } from './ring.ts';
import { BUCKET_MS, SPARK_SPAN_MS } from './spark_ring.ts';

export interface SparkShape {
  /** Each run is x, y, x, y, …; one of two numbers is a lone point. */
  readonly runs: readonly number[][];
}

export interface SparkBlock {
  readonly x: number;
  readonly width: number;
  readonly value: number;
}

/** A young series is shown over at least so much, so that it does not start as a dot at the edge. */
const MIN_SPAN_MS = 60_000;
const EDGE = 2;

function startOf(points: Ring, now: number): number {
  const first = points.length > 0 ? points.time(0) : now;
  return Math.max(now - SPARK_SPAN_MS, Math.min(first, now - MIN_SPAN_MS));
}

/** A bucket stands at its end: what it says is known then. */
function placeOf(time: number, from: number, now: number, width: number): number {
  return ((Math.min(now, time + BUCKET_MS) - from) / (now - from)) * width;
}

function gapOf(usualMs: number): number {
  return Math.max(3 * BUCKET_MS, Number.isNaN(usualMs) ? 0 : 3.5 * usualMs);
}

export function sparkLine(
  points: Ring,
  now: number,
  usualMs: number,
  width: number,
  height: number,
): SparkShape {
  const from = startOf(points, now);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < points.length; i += 1) {
    const value = points.value(i);
    if (points.time(i) + BUCKET_MS < from || Number.isNaN(value)) continue;
    min = Math.min(min, value);
    max = Math.max(max, value);
  }
  const runs: number[][] = [];
  if (min > max) return { runs };
  const room = height - 2 * EDGE;
  const yOf = (value: number) =>
    max === min ? EDGE + room * 0.65 : EDGE + room * (1 - (value - min) / (max - min));
  const gap = gapOf(usualMs);
  let run: number[] = [];
  let before = Number.NaN;
  for (let i = 0; i < points.length; i += 1) {
    const time = points.time(i);
    const value = points.value(i);
    if (time + BUCKET_MS < from || time > now) continue;
    if (Number.isNaN(value) || time - before > gap) {
      if (run.length > 0) runs.push(run);
      run = [];
    }
    before = time;
    if (!Number.isNaN(value)) run.push(placeOf(time, from, now, width), yOf(value));
  }
  if (run.length > 0) runs.push(run);
  return { runs };
}

/** A state's past as blocks: each lasts until the next bucket says otherwise. */
export function sparkBlocks(points: Ring, now: number, width: number): SparkBlock[] {
  const from = startOf(points, now);
  const blocks: { x: number; width: number; value: number }[] = [];
  for (let i = 0; i < points.length; i += 1) {
    const next = i + 1 < points.length ? points.time(i + 1) : now;
    if (next < from) continue;
    const x = Math.max(0, ((points.time(i) - from) / (now - from)) * width);
    const end = Math.min(width, ((next - from) / (now - from)) * width);
    const value = points.value(i);
    const last = blocks[blocks.length - 1];
    if (last !== undefined && last.value === value) last.width = end - last.x;
    else if (!Number.isNaN(value) && end > x) blocks.push({ x, width: end - x, value });
  }
  return blocks;
}
