// Times as people read them, in the zone of the page and a 24-hour clock.
import { locale } from './texts.ts';
import { spokenZone, wallTime } from './time_zone.ts';

const cache = new Map<string, Intl.DateTimeFormat>();

function format(ms: number, options: Intl.DateTimeFormatOptions): string {
  const timeZone = spokenZone();
  const id = JSON.stringify([timeZone, options]);
  let formatter = cache.get(id);
  if (formatter === undefined) {
    formatter = new Intl.DateTimeFormat(locale(), {
      hourCycle: 'h23',
      ...options,
      ...(timeZone === undefined ? {} : { timeZone }),
    });
    cache.set(id, formatter);
  }
  return formatter.format(ms);
}

const DAY: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
const FULL_DAY: Intl.DateTimeFormatOptions = { ...DAY, year: 'numeric' };
const MINUTE: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const SECOND: Intl.DateTimeFormatOptions = { ...MINUTE, second: '2-digit' };
const MILLI: Intl.DateTimeFormatOptions = { ...SECOND, fractionalSecondDigits: 3 };

/** A mark of the time axis; midnight is named by its day. */
export function axisLabel(ms: number, stepMs: number): string {
  const midnight = Math.floor(wallTime(ms) / 1_000) % 86_400 === 0;
  if (stepMs >= 86_400_000 || (midnight && stepMs >= 60_000)) return format(ms, DAY);
  if (stepMs >= 60_000) return format(ms, MINUTE);
  return format(ms, stepMs >= 1_000 ? SECOND : MILLI);
}

/** A moment in full, as exact as the span it is seen in asks for. */
export function momentLabel(ms: number, spanMs: number): string {
  const time = format(ms, spanMs < 120_000 ? MILLI : SECOND);
  return spanMs < 43_200_000 ? time : `${format(ms, DAY)} ${time}`;
}

/** `15 Jan 02:00 – 04:00`: a span from end to end, as short as it can be said. */
export function rangeLabel(from: number, to: number): string {
  const whole = to - from >= 3_600_000 || (from % 60_000 === 0 && to % 60_000 === 0);
  const time = to - from < 120_000 && !whole ? MILLI : whole ? MINUTE : SECOND;
  const sameDay = format(from, FULL_DAY) === format(to, FULL_DAY);
  const [begin, end] = [format(from, time), format(to, time)];
  const [day, lastDay] = [format(from, DAY), format(to, DAY)];
  return sameDay ? `${day} ${begin} – ${end}` : `${day} ${begin} – ${lastDay} ${end}`;
}

/** `CET`, `GMT+1`: the zone in short, at a moment. */
export function zoneLabel(ms: number, timeZone = spokenZone()): string {
  const parts = new Intl.DateTimeFormat(locale(), {
    timeZoneName: 'short',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).formatToParts(ms);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}

/** `24 Nov, 14:05:30`: for lists and settings. */
export function dateTimeLabel(ms: number): string {
  return format(ms, { ...DAY, ...SECOND });
}
