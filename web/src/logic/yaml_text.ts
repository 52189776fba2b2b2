// A document as YAML that people like to read: keys in their order, short items in one line, texts quoted only when
// they must be.
import type { Json } from '../api/guard.ts';

const LINE = 110;
/** What YAML, or the device, would take for something else than this text. */
const SPECIAL =
  /^(?:$|[\s\-?:,[\]{}#&*!|>'"%@`=<]|.*(?:: |:$| #|\p{Cc}|\s$)|(?:true|false|null|yes|no|on|off|~)$|[-+.]?[0-9])/iu;
const FLOW_SPECIAL = /[,[\]{}]/;

function scalar(value: string | number | boolean | null, inFlow: boolean): string {
  if (typeof value !== 'string') return String(value);
  if (!SPECIAL.test(value) && !(inFlow && FLOW_SPECIAL.test(value))) return value;
  return /\p{Cc}/u.test(value) ? JSON.stringify(value) : `'${value.replace(/'/g, "''")}'`;
}

function flow(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${scalar(key, true)}: ${flow(item)}`)
      .join(', ')}}`;
  }
  return scalar(value, true);
}

function block(value: Json, indent: string): string {
  const pad = `\n${indent}`;
  if (Array.isArray(value)) {
    return value
      .map((item) => {
        const short = flow(item);
        if (short.length + indent.length + 2 <= LINE || typeof item !== 'object') return `${pad}- ${short}`;
        return `${pad}- ${block(item, `${indent}  `).trimStart()}`;
      })
      .join('');
  }
  return Object.entries(value as { [name: string]: Json })
    .map(([key, item]) => {
      const name = scalar(key, false);
      if (typeof item !== 'object' || item === null) return `${pad}${name}: ${scalar(item, false)}`;
      const many = Array.isArray(item) && item.some((one) => typeof one === 'object' && one !== null);
      const short = flow(item);
      if (!many && short.length + indent.length + name.length + 2 <= LINE) return `${pad}${name}: ${short}`;
      return `${pad}${name}:${block(item, `${indent}  `)}`;
    })
    .join('');
}

/** An item in one line. */
export function flowYaml(value: Json): string {
  return flow(value);
}

export function toYaml(document: { [name: string]: Json }): string {
  return `${block(document, '').trimStart()}\n`;
}
