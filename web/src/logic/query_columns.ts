// A query's answer as the chart buffer and the sparkline take it: numbers, with states as their index.
import type { QueryAnswer, QuerySeries, Value } from '../api/wire.ts';
import type { HistoryColumns } from './chart_buffer.ts';
import type { StateScale } from './state_scale.ts';

/** The column that stands for the value: itself, or the mean of a bucket. */
const VALUE_COLUMNS = ['value', 'mean', 'last'];

export function toNumber(value: Value, states: StateScale | null): number {
  if (value === null) return Number.NaN;
  if (typeof value === 'number') return states === null ? value : states.indexOfValue(value);
  return states === null ? Number.NaN : states.indexOf(value);
}

function column(series: QuerySeries, name: string, states: StateScale | null): number[] | null {
  const at = series.columns.indexOf(name);
  return at < 0 ? null : series.data[at]!.map((cell) => toNumber(cell, states));
}

export function toHistory(
  answer: QueryAnswer,
  series: QuerySeries,
  states: StateScale | null,
  percents: readonly number[] = [],
): HistoryColumns {
  const times = series.data[0] as readonly number[];
  const name = VALUE_COLUMNS.find((wanted) => series.columns.includes(wanted)) ?? series.columns[1] ?? '';
  return {
    times,
    means: column(series, name, states) ?? times.map(() => Number.NaN),
    mins: column(series, 'min', null),
    maxs: column(series, 'max', null),
    counts: column(series, 'count', null),
    step: answer.step,
    to: answer.to,
    percentiles: percents.map((percent) => column(series, `p${percent}`, null)),
    uncertain: series.uncertain,
  };
}

/** How often readings came, from the answer alone; NaN when it cannot tell. */
export function usualInterval(history: HistoryColumns): number {
  const points = history.times.length;
  if (points < 3) return Number.NaN;
  const distances = history.times.slice(1).map((time, i) => time - history.times[i]!);
  distances.sort((a, b) => a - b);
  const distance = distances[distances.length >> 1]!;
  if (history.step === 0 || history.counts === null) return distance;
  const counts = history.counts.map((count) => count ?? 0).sort((a, b) => a - b);
  return distance / Math.max(1, counts[counts.length >> 1]!);
}

/** The texts of an event's history, oldest first. */
export function toTexts(series: QuerySeries): { time: number; text: string }[] {
  const at = series.data.findIndex((cells, i) => i > 0 && cells.some((cell) => typeof cell === 'string'));
  if (at < 0) return [];
  return (series.data[0] as readonly number[]).map((time, i) => ({
    time,
    text: String(series.data[at]![i] ?? ''),
  }));
}
