// Runs of several lines as one list.
import type { Run } from './chart_buffer.ts';

/** What of them lies in a span, in the order of time, joined where they touch. */
export function joinRuns(lists: readonly (readonly Run[])[], from: number, to: number): Run[] {
  const inside = lists.flatMap((runs) => runs.filter(([first, last]) => last >= from && first <= to));
  if (inside.length < 2) return inside;
  inside.sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [first, last] of inside) {
    const before = joined[joined.length - 1];
    if (before !== undefined && first <= before[1]) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
}
