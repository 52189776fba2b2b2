// A span as text, to be copied from one place and pasted into another: two times in ISO 8601 with a slash between, an
// address of this page, or a span to follow, `6h`.
import { fixedRange, parseSpan, rangeFromQuery, type TimeRange } from './time_range.ts';
import { fromWallTime } from './time_zone.ts';

export function rangeToText(from: number, to: number): string {
  return `${new Date(from).toISOString()}/${new Date(to).toISOString()}`;
}

/** Null: it says no span. */
export function rangeFromText(written: string): TimeRange | null {
  const text = written.trim().slice(0, 4_096);
  const spanMs = parseSpan(text.replace(/\s+/g, '').toLowerCase());
  if (spanMs !== null) return { kind: 'live', spanMs };
  const query = text.indexOf('?');
  if (/^https?:\/\//i.test(text)) {
    const given = new URLSearchParams(query < 0 ? '' : text.slice(query + 1));
    return given.has('range') || given.has('from') ? rangeFromQuery(given) : null;
  }
  const ends = text.split(/\s*\/\s*|\s+(?:to|bis|–|—)\s+|\s*\n\s*/);
  if (ends.length !== 2) return null;
  const [from, to] = ends.map(momentOf);
  return from !== undefined && to !== undefined && from < to ? fixedRange(from, to) : null;
}

/** ISO 8601, without a zone as the page says times; or milliseconds since 1970. */
function momentOf(text: string): number {
  if (/^\d{12,14}$/.test(text)) return Number(text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return Number.NaN;
  const iso = text.replace(' ', 'T');
  const told = /T.*(?:Z|[+-]\d{2}:?\d{2})$/i.test(iso);
  const moment = Date.parse(told ? iso : `${iso.includes('T') ? iso : `${iso}T00:00`}Z`);
  return told || Number.isNaN(moment) ? moment : fromWallTime(moment);
}
