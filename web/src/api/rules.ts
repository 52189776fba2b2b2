// Rules before they are saved, and who is told of alarms.
import { type Note, readNotes } from './dashboards.ts';
import { fields, fieldsOr, finite, finiteOr, list, text, textOr } from './guard.ts';
import { ask, Refused } from './http.ts';
import { readProblem } from './wire.ts';

/** The device gives up after eight seconds. */
const TRIAL_MS = 30_000;
/** As long as a program or a server may take, each. */
const TEST_MS = 60_000;

export interface Firing {
  readonly fired: number;
  /** Null: it went on to the end. */
  readonly over: number | null;
}

export interface Trial {
  readonly from: number;
  readonly to: number;
  /** Whether all of the asked span was looked at. */
  readonly complete: boolean;
  readonly readings: number;
  readonly fired: number;
  /** The newest of them. */
  readonly firings: readonly Firing[];
}

export interface Target {
  readonly id: string;
  readonly way: string;
  readonly severity: string;
  readonly waiting: number;
  readonly dropped: number;
  readonly told: number | null;
  readonly problem: string;
}

export function readTrial(value: unknown): Trial {
  const from = fields(value, 'trial');
  return {
    from: finite(from.from, 'trial.from'),
    to: finite(from.to, 'trial.to'),
    complete: from.complete === true,
    readings: finite(from.readings, 'trial.readings'),
    fired: finite(from.fired, 'trial.fired'),
    firings: list(from.firings, 'trial.firings').map((item, i) => {
      const one = fields(item, `trial.firings[${i}]`);
      return { fired: finite(one.fired, `trial.firings[${i}].fired`), over: finiteOr(one.over, null) };
    }),
  };
}

export function readTargets(value: unknown): Target[] {
  return list(value, 'notify').map((item, i) => {
    const from = fields(item, `notify[${i}]`);
    return {
      id: text(from.id, `notify[${i}].id`),
      way: textOr(from.way, ''),
      severity: textOr(from.severity, 'info'),
      waiting: finiteOr(from.waiting, 0),
      dropped: finiteOr(from.dropped, 0),
      told: finiteOr(from.told, null),
      problem: textOr(from.problem, ''),
    };
  });
}

/** `config`: YAML with the rule under `rules`. Its mistakes, with their lines, when it has some. */
export async function tryRule(
  rule: string,
  config: string,
  from: string,
  signal: AbortSignal,
): Promise<Trial | readonly Note[]> {
  const path = `/api/v1/alarms/${encodeURIComponent(rule)}/try?from=${encodeURIComponent(from)}`;
  const { status, body } = await ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/yaml' },
    body: config,
    signal,
    patienceMs: TRIAL_MS,
  });
  if (status === 422) return readNotes(fieldsOr(body).errors);
  if (status >= 400) throw new Refused(status, readProblem(status, body));
  return readTrial(body);
}

export async function fetchTargets(): Promise<Target[]> {
  const { status, body } = await ask('/api/v1/notify', { method: 'GET' });
  if (status >= 400) throw new Refused(status, readProblem(status, body));
  return readTargets(body);
}

/** Why it was not told; empty: it was. */
export async function testTarget(id: string): Promise<string> {
  const { status, body } = await ask(`/api/v1/notify/${encodeURIComponent(id)}/test`, {
    method: 'POST',
    patienceMs: TEST_MS,
  });
  if (status >= 400) throw new Refused(status, readProblem(status, body));
  return list(body, 'tests')
    .map((item) => fieldsOr(item))
    .filter(({ sent }) => sent !== true)
    .map(({ detail }) => textOr(detail, ''))
    .join('; ');
}
