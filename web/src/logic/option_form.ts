// A plugin's options table, and what somebody filled into the form that is made of it. Values are kept as they will be
// written; what is empty is left out. The device alone decides what is right.
import { type Fields, fieldsOr, type Json, listOr, textOr } from '../api/guard.ts';
import { flowYaml, toYaml } from './yaml_text.ts';

export type OptionType = 'bool' | 'integer' | 'number' | 'duration' | 'size' | 'section' | 'text';

export interface OptionRow {
  readonly name: string;
  readonly type: OptionType;
  readonly help: string;
  readonly list: boolean;
  readonly required: boolean;
  readonly secret: boolean;
  readonly unit: string;
  readonly byDefault: string;
  /** `1s to 1h`, or empty. */
  readonly limits: readonly [string, string] | null;
  readonly choices: readonly string[];
  readonly options: readonly OptionRow[];
}

const TYPES: readonly OptionType[] = ['bool', 'integer', 'number', 'duration', 'size', 'section', 'text'];

export function readOptionTable(value: unknown): OptionRow[] {
  return listOr(value).flatMap((item) => {
    const row = fieldsOr(item);
    const type = textOr(row.type, 'text') as OptionType;
    if (row.deprecated === true) return [];
    return [
      {
        name: textOr(row.name, ''),
        type: TYPES.includes(type) ? type : 'text',
        help: textOr(row.help, ''),
        list: row.list === true,
        required: row.required === true,
        secret: row.secret === true,
        unit: textOr(row.unit, ''),
        byDefault: textOr(row.default, ''),
        limits:
          typeof row.minimum === 'string' && typeof row.maximum === 'string'
            ? ([row.minimum, row.maximum] as const)
            : null,
        choices: listOr(row.choices).map((choice) => textOr(choice, '')),
        options: readOptionTable(row.options),
      },
    ];
  });
}

/** Those that somebody who begins must or will want to say: what is required, or leads to the device. */
export function isPlain(row: OptionRow): boolean {
  return (
    row.required || /^(url|port|broker|host|address|topic|name|subscribe|devices|waves|every)$/.test(row.name)
  );
}

/** What was typed, as the type that it should be; what does not fit stays a text, and the device says so. */
export function typedValue(row: OptionRow, written: string): Json | undefined {
  const text = written.trim();
  if (text === '') return undefined;
  if (row.type === 'bool') return text === 'true' ? true : text === 'false' ? false : text;
  const numeric = row.type === 'integer' || row.type === 'number';
  if (numeric && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return Number(text);
  return row.type === 'text' ? written : text;
}

export function writtenValue(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? '' : String(value);
}

export function withOption(values: Fields, name: string, value: Json | undefined): Fields {
  const { [name]: _old, ...rest } = values;
  return value === undefined ? rest : { ...values, [name]: value };
}

/** Without what is empty: sections and lists that nothing was filled into. */
export function cleaned(values: Fields): Fields {
  const out: Fields = {};
  for (const [name, value] of Object.entries(values)) {
    const kept = cleanedValue(value);
    if (kept !== undefined) out[name] = kept;
  }
  return out;
}

function cleanedValue(value: Json): Json | undefined {
  if (value === null || value === '') return undefined;
  if (Array.isArray(value)) {
    const items = value.map(cleanedValue).filter((item): item is Json => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (typeof value !== 'object') return value;
  const inner = cleaned(value);
  return Object.keys(inner).length === 0 ? undefined : inner;
}

const ID = /^[A-Za-z0-9_-]{1,64}$/;

export function isInputId(text: string): boolean {
  return ID.test(text);
}

/** A free one, after the plugin. */
export function freeId(plugin: string, taken: readonly string[]): string {
  for (let n = 1; ; n += 1) {
    const id = n === 1 ? plugin : `${plugin}${n}`;
    if (!taken.includes(id)) return id;
  }
}

/** The lines of a list's item. `options`: YAML of the options alone, as a probe gives it; or values. */
export function inputLines(id: string, plugin: string, options: Fields | string): string[] {
  const text = typeof options === 'string' ? options : toYaml(options);
  const body = text.replace(/\n+$/, '').split('\n');
  const empty = typeof options !== 'string' && Object.keys(options).length === 0;
  const lines = [`- id: ${flowYaml(id)}`, `  plugin: ${flowYaml(plugin)}`];
  if (!empty) lines.push('  options:', ...body.map((line) => (line === '' ? '' : `    ${line}`)));
  return lines;
}
