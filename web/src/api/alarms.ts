// Alarms of the device's rules, and what somebody says about them.

import { fields, fieldsOr, finiteOr, list, listOr, text, textOr } from './guard.ts';
import { ask, Refused } from './http.ts';
import { readProblem } from './wire.ts';

export interface Alarm {
  readonly rule: string;
  readonly labels: readonly (readonly [string, string])[];
  readonly state: string;
  readonly severity: string;
  readonly value: number | null;
  readonly since: number | null;
  readonly when: string;
  readonly message: string;
  readonly by: string;
  readonly comment: string;
  readonly silenced: number | null;
  readonly flapping: boolean;
  readonly problem: string;
  readonly series: readonly string[];
}

export function readAlarms(value: unknown): Alarm[] {
  return list(value, 'alarms').map((item, number) => {
    const place = `alarms[${number}]`;
    const from = fields(item, place);
    return {
      rule: text(from.rule, `${place}.rule`),
      labels: Object.entries(fieldsOr(from.labels)).map(
        ([name, label]) => [name, textOr(label, '')] as const,
      ),
      state: text(from.state, `${place}.state`),
      severity: textOr(from.severity, 'warning'),
      value: finiteOr(from.value, null),
      since: finiteOr(from.since, null),
      when: textOr(from.when, ''),
      message: textOr(from.message, ''),
      by: textOr(from.by, ''),
      comment: textOr(from.comment, ''),
      silenced: finiteOr(from.silenced, null),
      flapping: from.flapping === true,
      problem: textOr(from.problem, ''),
      series: listOr(from.series).filter((one): one is string => typeof one === 'string'),
    };
  });
}

/** None of a device that has no rules, or is too old to know them. */
export async function fetchAlarms(): Promise<Alarm[]> {
  const { status, body } = await ask('/api/v1/alarms', { method: 'GET' });
  if (status === 404) return [];
  if (status >= 400) throw new Refused(status, readProblem(status, body));
  return readAlarms(body);
}

async function say(alarm: Alarm, what: string, words: Record<string, unknown>): Promise<void> {
  const { status, body } = await ask(`/api/v1/alarms/${encodeURIComponent(alarm.rule)}/${what}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...words, labels: Object.fromEntries(alarm.labels) }),
  });
  if (status >= 400) throw new Refused(status, readProblem(status, body));
}

export async function acknowledgeAlarm(alarm: Alarm, who: string, comment: string): Promise<void> {
  await say(alarm, 'ack', { who, comment });
}

export async function silenceAlarm(
  alarm: Alarm,
  length: string,
  who: string,
  comment: string,
): Promise<void> {
  await say(alarm, 'silence', { for: length, who, comment });
}
