// Which series an alarm is about, for what shows them; and its events as words on a chart.
import { parseSelector } from './selector.ts';
import { parseSeriesKey } from './series_key.ts';

interface About {
  readonly rule: string;
  readonly labels: readonly (readonly [string, string])[];
  readonly state: string;
  readonly severity: string;
  /** Selectors of what its rule looks at. */
  readonly series: readonly string[];
}

export interface AlarmMark {
  readonly state: string;
  readonly severity: string;
  readonly rules: readonly string[];
}

/** Those that a tile speaks of, the gravest first. */
const SHOWN = ['firing', 'acknowledged', 'cleared', 'pending'];
const SEVERITIES = ['critical', 'warning', 'info'];
/** More alarms at once than anybody looks for on tiles. */
const MOST_ALARMS = 200;
const MOST_EVENTS = 8;

function contradicts(
  labels: readonly (readonly [string, string])[],
  other: readonly (readonly [string, string])[],
): boolean {
  return labels.some(([name, value]) => other.some(([own, theirs]) => own === name && theirs !== value));
}

const gravity = ({ state, severity }: { readonly state: string; readonly severity: string }) =>
  SHOWN.indexOf(state) * 10 + SEVERITIES.indexOf(severity);

/** By key: the gravest of what is not well. */
export function alarmMarks(alarms: readonly About[], keys: readonly string[]): Map<string, AlarmMark> {
  const marks = new Map<string, AlarmMark>();
  const open = alarms.filter(({ state }) => SHOWN.includes(state)).sort((a, b) => gravity(a) - gravity(b));
  if (open.length === 0) return marks;
  const parsed = keys.map((key) => [key, parseSeriesKey(key)] as const);
  for (const alarm of open.slice(0, MOST_ALARMS)) {
    const selectors = alarm.series.map(parseSelector);
    for (const [key, series] of parsed) {
      if (!selectors.some(({ matches }) => matches(series, key))) continue;
      if (contradicts(alarm.labels, series.labels)) continue;
      const known = marks.get(key);
      if (known === undefined) {
        marks.set(key, { state: alarm.state, severity: alarm.severity, rules: [alarm.rule] });
      } else if (!known.rules.includes(alarm.rule)) {
        marks.set(key, { ...known, rules: [...known.rules, alarm.rule] });
      }
    }
  }
  return marks;
}

/** Keys of the events of rules that look at one of these series, as many as a chart has room for. */
export function alarmEventsOf(
  alarms: readonly Omit<About, 'state' | 'severity'>[],
  shown: readonly string[],
  keys: readonly string[],
): string[] {
  const series = shown.map((key) => [key, parseSeriesKey(key)] as const);
  const about = alarms.filter(({ series: selectors, labels }) =>
    selectors
      .map(parseSelector)
      .some(({ matches }) =>
        series.some(([key, parsed]) => matches(parsed, key) && !contradicts(labels, parsed.labels)),
      ),
  );
  if (about.length === 0) return [];
  return keys
    .filter((key) => {
      const { name, labels } = parseSeriesKey(key);
      if (name !== 'alarm') return false;
      const rule = labels.find(([label]) => label === 'rule')?.[1];
      return about.some((alarm) => alarm.rule === rule && !contradicts(alarm.labels, labels));
    })
    .slice(0, MOST_EVENTS);
}

export interface AlarmEvent {
  readonly state: string;
  readonly was: string;
  readonly value: number | null;
  readonly by: string;
  readonly comment: string;
}

/** Null for what is none. */
export function readAlarmEvent(text: string): AlarmEvent | null {
  try {
    const from = JSON.parse(text) as Record<string, unknown> | null;
    if (from === null || typeof from.state !== 'string') return null;
    const word = (value: unknown) => (typeof value === 'string' ? value : '');
    return {
      state: from.state,
      was: word(from.was),
      value: typeof from.value === 'number' ? from.value : null,
      by: word(from.by),
      comment: word(from.comment),
    };
  } catch {
    return null;
  }
}

const FIRES = new Set(['firing', 'acknowledged']);

/** Whether it began to fire then, or ended; null: neither. */
export function turnOf({ state, was }: AlarmEvent): 'fires' | 'over' | null {
  if (state === 'firing' && !FIRES.has(was)) return 'fires';
  return FIRES.has(was) && !FIRES.has(state) ? 'over' : null;
}
