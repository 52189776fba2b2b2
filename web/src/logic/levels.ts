// Which of a panel's ranges a value is in.
import type { Threshold } from './dashboard_doc.ts';

/** The last threshold at or below the value; null below all of them. They are sorted, lowest first. */
export function levelAt(thresholds: readonly Threshold[], value: number): Threshold | null {
  let found: Threshold | null = null;
  for (const threshold of thresholds) if (value >= threshold.at) found = threshold;
  return found;
}

/** The ends of a scale: what the panel says, what the series says, else room around what was seen. */
export function scaleOf(
  min: number | null,
  max: number | null,
  range: readonly [number, number] | null,
  values: readonly number[],
): readonly [number, number] {
  const seen = values.filter(Number.isFinite);
  const low = min ?? range?.[0] ?? Math.min(0, ...seen);
  const high = max ?? range?.[1] ?? niceAbove(Math.max(low, ...seen));
  return high > low ? [low, high] : [low, low + 1];
}

/** 1, 2, 5 or 10 times a power of ten, at least `value`. */
export function niceAbove(value: number): number {
  if (!(value > 0)) return value === 0 ? 1 : 0;
  const power = 10 ** Math.floor(Math.log10(value));
  for (const step of [1, 2, 5, 10]) if (step * power >= value) return step * power;
  return 10 * power;
}
