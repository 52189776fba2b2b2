// Whose clock times are said by: the browser's, or that of the zone that the device is set to. One for the whole page.

let zone: string | undefined;
let wall: Intl.DateTimeFormat | null = null;
const offsets = new Map<number, number>();

const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const MOST_KEPT = 4_096;

const wallOf = (timeZone: string) =>
  new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });

/** Whether this browser has it. */
export function isKnownZone(name: string): boolean {
  try {
    wallOf(name);
    return name !== '';
  } catch {
    return false;
  }
}

/** Undefined, or a zone that the browser does not have: its own. */
export function speakZone(name: string | undefined): void {
  zone = name !== undefined && isKnownZone(name) ? name : undefined;
  wall = zone === undefined ? null : wallOf(zone);
  offsets.clear();
}

/** For Intl; undefined: the browser's own. */
export function spokenZone(): string | undefined {
  return zone;
}

function ownOffset(ms: number): number {
  return -new Date(ms).getTimezoneOffset() * 60_000;
}

function offsetBy(format: Intl.DateTimeFormat, ms: number): number {
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(ms)) part[type] = Number(value);
  const said = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second);
  return said - Math.floor(ms / 1000) * 1000;
}

/** How far its clocks are ahead of UTC at a moment, in ms. They turn on quarters of an hour alone. */
export function offsetAt(ms: number): number {
  if (wall === null) return ownOffset(ms);
  const quarter = Math.floor(ms / QUARTER_MS);
  let offset = offsets.get(quarter);
  if (offset === undefined) {
    if (offsets.size >= MOST_KEPT) offsets.clear();
    offset = offsetBy(wall, quarter * QUARTER_MS);
    offsets.set(quarter, offset);
  }
  return offset;
}

/** How far a zone of that name is ahead of UTC at a moment; the browser's own when it has none of that name. */
export function offsetOfZone(name: string, ms: number): number {
  return isKnownZone(name) ? offsetBy(wallOf(name), ms) : ownOffset(ms);
}

/** What the clocks show, as if they were those of UTC. */
export function wallTime(ms: number): number {
  return ms + offsetAt(ms);
}

/** The moment at which the clocks show it: the first of two, and behind the hour that is left out when it lies in it. */
export function fromWallTime(shown: number): number {
  const before = offsetAt(shown - DAY_MS);
  const after = offsetAt(shown + DAY_MS);
  for (const offset of [Math.max(before, after), Math.min(before, after)]) {
    if (offsetAt(shown - offset) === offset) return shown - offset;
  }
  return shown - before;
}

/** The midnight before a moment, or that of a day so many days before. */
export function startOfDay(ms: number, daysAgo = 0): number {
  return fromWallTime((Math.floor(wallTime(ms) / DAY_MS) - daysAgo) * DAY_MS);
}

/** From ten in the evening to six in the morning: the night that was last, also while it lasts. */
export function lastNight(now: number): { from: number; to: number } {
  const hour = (wallTime(now) % DAY_MS) / 3_600_000;
  const day = Math.floor(wallTime(now) / DAY_MS) + (hour >= 22 ? 1 : 0);
  const at = (hours: number) => fromWallTime(day * DAY_MS + hours * 3_600_000);
  return { from: at(-2), to: at(6) };
}

/** A Date whose own fields, which are of the browser's zone, say what the clocks show. */
export function shiftedDate(ms: number): Date {
  return new Date(zone === undefined ? ms : ms + offsetAt(ms) - ownOffset(ms));
}

/** `2026-01-15T03:00:00`, as a field for a moment takes it, and back; NaN for anything else. */
export function fieldText(ms: number): string {
  return new Date(wallTime(ms)).toISOString().slice(0, 19);
}
export function fromFieldText(text: string): number {
  const shown = Date.parse(`${text}Z`);
  return Number.isNaN(shown) ? Number.NaN : fromWallTime(shown);
}
