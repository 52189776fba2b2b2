// A rule as somebody fills it in, and the YAML that becomes of it.
import type { Fields, Json } from '../api/guard.ts';
import { parseSeriesKey } from './series_key.ts';
import { flowYaml, toYaml } from './yaml_text.ts';

export interface RuleDraft {
  readonly name: string;
  /** Key of the series. */
  readonly series: string;
  /** One alarm for each series of that name, whatever its labels. */
  readonly all: boolean;
  readonly way: 'above' | 'below';
  /** As typed. */
  readonly threshold: string;
  readonly clear: string;
  readonly hold: string;
  readonly severity: string;
  /** Null: everybody. */
  readonly notify: readonly string[] | null;
  readonly message: string;
}

const PLAIN = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}\p{N}_]+)*$/u;
const WORDS = new Set(['and', 'or', 'not', 'by']);
const NUMBER = /^[-+−]?(\d+[.,]?\d*|[.,]\d+)(e[-+]?\d+)?$/i;

/** A number as people type it, with a comma too; NaN for what is none. */
export function typedNumber(text: string): number {
  const trimmed = text.trim();
  return NUMBER.test(trimmed) ? Number(trimmed.replace('−', '-').replace(',', '.')) : Number.NaN;
}

/** A series as an expression names it. */
export function inExpression(key: string, all: boolean): string {
  const { name } = parseSeriesKey(key);
  const text = all ? name : key;
  if (PLAIN.test(name) && !WORDS.has(name)) return text;
  return text.includes("'") ? `\`${text}\`` : `'${text}'`;
}

/** With the digits that its span makes sense of: what a drag gives. */
export function roundedFor(value: number, span: number): string {
  if (!Number.isFinite(value)) return '';
  const step = span > 0 ? 10 ** Math.floor(Math.log10(span / 100)) : 0;
  if (step === 0) return String(Number(value.toPrecision(6)));
  const decimals = Math.min(12, Math.max(0, -Math.round(Math.log10(step))));
  return String(Number((Math.round(value / step) * step).toFixed(decimals)));
}

/** Where an alarm that begins at this value had better end: a twentieth of what is usual below, or above, it. */
export function clearFor(way: 'above' | 'below', threshold: number, span: number): string {
  const back = (span > 0 ? span : Math.abs(threshold)) / 20;
  return roundedFor(way === 'above' ? threshold - back : threshold + back, span > 0 ? span : back * 20);
}

export function ruleName(key: string, way: 'above' | 'below', taken: readonly string[]): string {
  const { name, labels } = parseSeriesKey(key);
  const base = [name, ...labels.map(([, value]) => value)]
    .join(' ')
    .replace(/[/\p{Cc}]/gu, ' ')
    .slice(0, 80)
    .trim();
  const word = way === 'above' ? 'high' : 'low';
  for (let n = 1; ; n += 1) {
    const made = n === 1 ? `${base} ${word}` : `${base} ${word} ${n}`;
    if (!taken.includes(made)) return made;
  }
}

/** What is wrong with it, by the field; the device says the rest. */
export function mistakesOf(draft: RuleDraft): { readonly [field in 'name' | 'threshold' | 'clear']?: true } {
  const threshold = typedNumber(draft.threshold);
  const clear = draft.clear.trim() === '' ? threshold : typedNumber(draft.clear);
  const beyond = draft.way === 'above' ? clear > threshold : clear < threshold;
  return {
    ...(draft.name.trim() === '' || draft.name.includes('/') ? { name: true } : {}),
    ...(Number.isNaN(threshold) ? { threshold: true } : {}),
    ...(Number.isNaN(clear) || beyond ? { clear: true } : {}),
  };
}

function fieldsOf(draft: RuleDraft): Fields {
  const [raised, ended] = draft.way === 'above' ? ['>', '<'] : ['<', '>'];
  const series = inExpression(draft.series, draft.all);
  const rule: { [name: string]: Json } = {
    name: draft.name.trim(),
    when: `${series} ${raised} ${typedNumber(draft.threshold)}`,
  };
  if (draft.clear.trim() !== '') rule.clear = `${series} ${ended} ${typedNumber(draft.clear)}`;
  if (!/^(0+[a-z]*)?$/i.test(draft.hold.trim())) rule.for = draft.hold.trim();
  if (draft.severity !== 'warning') rule.severity = draft.severity;
  if (draft.message.trim() !== '') rule.message = draft.message.trim();
  if (draft.notify !== null) rule.notify = [...draft.notify];
  return rule;
}

/** As an item of the list `rules`: its lines, and the same in one. */
export function ruleLines(draft: RuleDraft): { readonly lines: string[]; readonly flow: string } {
  const fields = fieldsOf(draft);
  const lines = toYaml(fields)
    .replace(/\n+$/, '')
    .split('\n')
    .map((line, i) => (i === 0 ? `- ${line}` : `  ${line}`));
  return { lines, flow: flowYaml(fields) };
}
