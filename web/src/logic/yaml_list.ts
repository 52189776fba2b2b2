// Adds an item to a list in a document's text and leaves its author's lines, comments too, as they are.

/** A line of nothing, or of a comment alone. */
const EMPTY = /^\s*(#.*)?$/;

interface Block {
  /** Index of the last line that belongs to it. */
  readonly last: number;
  readonly indent: string;
}

/** The items below the line `head`; null: none are written a line an item. */
function blockBelow(lines: readonly string[], head: number): Block | null {
  let indent: string | null = null;
  let last = head;
  for (let i = head + 1; i < lines.length; i += 1) {
    const line = lines[i]!;
    if (EMPTY.test(line)) continue;
    indent ??= /^(\s*)- /.exec(line)?.[1] ?? null;
    if (indent === null || !(line.startsWith(`${indent} `) || line.startsWith(`${indent}- `))) break;
    last = i;
  }
  return indent === null ? null : { last, indent };
}

export interface Added {
  readonly text: string;
  /** Where the item begins, from 1. */
  readonly line: number;
}

/**
 * `item`: its lines without indentation, the first begins with `- `; `flow`: the same in one line, for a list in brackets.
 * Null: the list is written in a way that is not understood here. A top-level key that is missing is added at the end.
 */
export function appendToList(text: string, key: string, item: readonly string[], flow: string): Added | null {
  const lines = text.replace(/\n+$/, '').split('\n');
  if (lines.length === 1 && lines[0] === '') lines.pop();
  const head = lines.findIndex((line) => line.startsWith(`${key}:`));
  const put = (at: number, indent: string): Added => {
    lines.splice(at, 0, ...item.map((line) => `${indent}${line}`));
    return { text: `${lines.join('\n')}\n`, line: at + 1 };
  };
  if (head < 0) {
    lines.push(`${key}:`);
    return put(lines.length, '  ');
  }
  const rest = lines[head]!.slice(key.length + 1);
  if (EMPTY.test(rest)) {
    const block = blockBelow(lines, head);
    if (block !== null) return put(block.last + 1, block.indent);
    const next = lines.slice(head + 1).find((line) => !EMPTY.test(line));
    return next === undefined || /^\S/.test(next) ? put(head + 1, '  ') : null;
  }
  if (/^\s*(?:\[\s*\]|~|null)\s*(#.*)?$/.test(rest)) {
    lines[head] = `${key}:`;
    return put(head + 1, '  ');
  }
  const inBrackets = /^(\s*\[.*\S)\s*\](\s*(?:#.*)?)$/.exec(rest);
  if (inBrackets === null) return null;
  lines[head] = `${key}:${inBrackets[1]}, ${flow}]${inBrackets[2]}`;
  return { text: `${lines.join('\n')}\n`, line: head + 1 };
}
