// The installed plugins, what an input of each can be told, and what a plugin finds when it looks for devices.
import { type OptionRow, readOptionTable } from '../logic/option_form.ts';
import { type Fields, fields, fieldsOr, finiteOr, list, listOr, text, textOr } from './guard.ts';
import { ask, Refused } from './http.ts';
import { readProblem } from './wire.ts';

const PATH = '/api/v1/plugins';
/** Longer than the device lets a probe look. */
const PROBE_SECONDS = 8;

export interface PluginFacts {
  readonly name: string;
  readonly summary: string;
  /** Why it cannot be used; empty when it can. */
  readonly error: string;
}

export interface PluginTable {
  readonly name: string;
  readonly summary: string;
  readonly canProbe: boolean;
  readonly options: readonly OptionRow[];
  readonly probeOptions: readonly OptionRow[];
}

export interface Finding {
  readonly title: string;
  readonly detail: string;
  /** YAML of an input's options; may be empty. */
  readonly options: string;
  readonly confidence: number;
}

export interface Findings {
  readonly complete: boolean;
  readonly findings: readonly Finding[];
}

const place = (name: string) => `${PATH}/${encodeURIComponent(name)}`;

export async function fetchPlugins(): Promise<PluginFacts[]> {
  const { status, body } = await ask(PATH, { method: 'GET' });
  if (status >= 400) throw new Refused(status, readProblem(status, body));
  return list(body, 'plugins').map((item) => {
    const row = fields(item, 'plugin');
    return {
      name: text(row.name, 'plugin.name'),
      summary: textOr(row.summary, ''),
      error: textOr(row.error, ''),
    };
  });
}

export function readPluginTable(value: unknown): PluginTable {
  const plugin = fields(value, 'plugin');
  return {
    name: text(plugin.name, 'plugin.name'),
    summary: textOr(plugin.summary, ''),
    canProbe: plugin.can_probe === true,
    options: readOptionTable(plugin.options),
    probeOptions: readOptionTable(plugin.probe_options),
  };
}

export async function fetchPlugin(name: string): Promise<PluginTable> {
  const { status, body } = await ask(place(name), { method: 'GET' });
  if (status >= 400) throw new Refused(status, readProblem(status, body));
  return readPluginTable(body);
}

export async function probePlugin(name: string, options: Fields): Promise<Findings> {
  const { status, body } = await ask(`${place(name)}/probe`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ options, seconds: PROBE_SECONDS }),
    patienceMs: (PROBE_SECONDS + 6) * 1_000,
  });
  if (status >= 400) throw new Refused(status, readProblem(status, body));
  const answer = fieldsOr(body);
  return {
    complete: answer.complete === true,
    findings: listOr(answer.findings).map((item) => {
      const finding = fieldsOr(item);
      return {
        title: textOr(finding.title, ''),
        detail: textOr(finding.detail, ''),
        options: textOr(finding.options, ''),
        confidence: finiteOr(finding.confidence, 0),
      };
    }),
  };
}
