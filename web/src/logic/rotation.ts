// Dashboards in turn, for a wall: how often, and which.
import { formatSpan, parseSpan } from './time_range.ts';

export interface Turn {
  readonly everyMs: number;
  /** Names in their order; empty: all that there are. */
  readonly among: readonly string[];
}

const SHORTEST_MS = 5_000;
const LONGEST_MS = 86_400_000;
export const USUAL_TURN: Turn = { everyMs: 30_000, among: [] };

export function readTurn(query: URLSearchParams): Turn | null {
  const everyMs = parseSpan(query.get('rotate') ?? '');
  if (everyMs === null) return null;
  const among = (query.get('among') ?? '').split(',').filter((name) => name !== '');
  return { everyMs: Math.min(LONGEST_MS, Math.max(SHORTEST_MS, everyMs)), among };
}

export function turnToQuery({ everyMs, among }: Turn): string {
  const rotate = `rotate=${formatSpan(everyMs)}`;
  return among.length === 0 ? rotate : `${rotate}&among=${among.map(encodeURIComponent).join(',')}`;
}

/** Null: there is none other than the one that is shown. */
export function nextInTurn(there: readonly string[], among: readonly string[], shown: string): string | null {
  const names = among.length === 0 ? there : among.filter((name) => there.includes(name));
  const next = names[(names.indexOf(shown) + 1) % Math.max(1, names.length)];
  return next === undefined || next === shown ? null : next;
}
