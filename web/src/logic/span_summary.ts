// What can be said of a stretch of a line: its extremes, its mean by readings, how far it went.
import type { ChartBuffer } from './chart_buffer.ts';

export interface SpanSummary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly first: number;
  readonly last: number;
  /** Readings, also of those that stand in buckets. */
  readonly count: number;
}

/** Both ends are in. Null: nothing was measured there. */
export function summarize(buffer: ChartBuffer, from: number, to: number): SpanSummary | null {
  let [min, max, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  let [first, last] = [Number.NaN, Number.NaN];
  for (let i = buffer.firstAt(from); i < buffer.length && buffer.time(i) <= to; i += 1) {
    const mean = buffer.mean(i);
    if (Number.isNaN(mean)) continue;
    if (count === 0) first = mean;
    last = mean;
    min = Math.min(min, buffer.min(i));
    max = Math.max(max, buffer.max(i));
    sum += mean * buffer.weight(i);
    count += buffer.weight(i);
  }
  return count === 0 ? null : { min, max, mean: sum / count, first, last, count };
}

/** Shares of the time that a state held, the longest first; what it was before `from` counts from there on. */
export function stateShares(
  buffer: ChartBuffer,
  from: number,
  to: number,
): readonly (readonly [number, number])[] {
  const held = new Map<number, number>();
  let i = Math.max(0, buffer.firstAt(from) - 1);
  for (; i < buffer.length && buffer.time(i) < to; i += 1) {
    const begin = Math.max(from, buffer.time(i));
    const end = Math.min(to, i + 1 < buffer.length ? buffer.time(i + 1) : to);
    const value = buffer.mean(i);
    if (end > begin && !Number.isNaN(value)) held.set(value, (held.get(value) ?? 0) + end - begin);
  }
  const all = [...held.values()].reduce((sum, ms) => sum + ms, 0);
  return [...held].map(([value, ms]) => [value, ms / all] as const).sort((a, b) => b[1] - a[1]);
}
