// What span a chart shows: following now, or standing still. In the URL as `range=15m`, or `from=…&to=…` in ms.

export type TimeRange =
  | { readonly kind: 'live'; readonly spanMs: number }
  | { readonly kind: 'fixed'; readonly from: number; readonly to: number };

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const PRESETS: readonly string[] = ['5m', '15m', '1h', '6h', '24h', '7d'];
export const DEFAULT_RANGE: TimeRange = { kind: 'live', spanMs: 900_000 };
export const MIN_SPAN_MS = 1_000;
export const MAX_SPAN_MS = 5 * 365 * 86_400_000;

/** `90s`, `15m`, `6h`, `7d`; null for anything else or beyond the limits. */
export function parseSpan(text: string): number | null {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  if (match === null) return null;
  const ms = Number(match[1]) * UNITS[match[2]!]!;
  return ms >= MIN_SPAN_MS && ms <= MAX_SPAN_MS ? ms : null;
}

/** The shortest text that parseSpan reads back to the nearest second; days only from two on, as people say `24h`. */
export function formatSpan(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds % 86_400 === 0 && seconds > 86_400) return `${seconds / 86_400}d`;
  if (seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  if (seconds % 60 === 0) return `${seconds / 60}m`;
  return `${seconds}s`;
}

export function boundsOf(range: TimeRange, now: number): { from: number; to: number } {
  return range.kind === 'live' ? { from: now - range.spanMs, to: now } : { from: range.from, to: range.to };
}

export function spanOf(range: TimeRange): number {
  return range.kind === 'live' ? range.spanMs : range.to - range.from;
}

/** Keeps a span within the limits and its middle where it is. */
export function fixedRange(from: number, to: number): TimeRange {
  const span = Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, to - from));
  const middle = (from + to) / 2;
  return { kind: 'fixed', from: Math.round(middle - span / 2), to: Math.round(middle + span / 2) };
}

/** Moves by a share of the span; what is followed stands still from then on. */
export function panned(range: TimeRange, share: number, now: number): TimeRange {
  const { from, to } = boundsOf(range, now);
  const shift = (to - from) * share;
  return fixedRange(from + shift, to + shift);
}

/** Zooms around a share of the width (0 left, 1 right); a followed range stays followed. */
export function zoomed(range: TimeRange, factor: number, around: number, now: number): TimeRange {
  if (range.kind === 'live') {
    return {
      kind: 'live',
      spanMs: Math.round(Math.min(MAX_SPAN_MS, Math.max(MIN_SPAN_MS, range.spanMs * factor))),
    };
  }
  const { from, to } = boundsOf(range, now);
  const fixed = from + (to - from) * around;
  return fixedRange(fixed - (fixed - from) * factor, fixed + (to - fixed) * factor);
}

export function rangeToQuery(range: TimeRange): string {
  return range.kind === 'live' ? `range=${formatSpan(range.spanMs)}` : `from=${range.from}&to=${range.to}`;
}

export function rangeFromQuery(query: URLSearchParams): TimeRange {
  const from = Number(query.get('from') ?? Number.NaN);
  const to = Number(query.get('to') ?? Number.NaN);
  if (Number.isFinite(from) && Number.isFinite(to) && from < to) return fixedRange(from, to);
  const spanMs = parseSpan(query.get('range') ?? '');
  return spanMs === null ? DEFAULT_RANGE : { kind: 'live', spanMs };
}
