// Puts one more panel into a dashboard's text. Its author's lines stay as they are, comments too, wherever the text's
// list of panels can be told; else the document is written anew.
import { type Fields, fieldsOr, type Json } from '../api/guard.ts';
import type { Kind } from '../api/wire.ts';
import { panelsOf, withNewPanel } from './dashboard_edit.ts';
import { flowYaml, toYaml } from './yaml_text.ts';

/** What suits a series: its value and its past, its name, its list. */
export function panelFor(key: string, kind: Kind): Fields {
  const panel = kind === 'event' ? 'events' : kind === 'state' ? 'scoreboard' : 'stat';
  return { panel, y: key };
}

/** A dashboard that holds this one panel. */
export function dashboardWith(name: string, panel: Fields): string {
  return toYaml({ title: name, panels: [panel] });
}

/** Whether some panel shows just this series. */
export function isPinned(document: Json, key: string): boolean {
  const sections = fieldsOr(document).sections;
  const count = Array.isArray(sections) ? sections.length : 0;
  for (let section = -1; section < count; section += 1) {
    for (const { y } of panelsOf(fieldsOr(document), section)) {
      if (y === key || (Array.isArray(y) && y.length === 1 && y[0] === key)) return true;
    }
  }
  return false;
}

export function withPinned(text: string, document: Json, panel: Fields): string {
  return insertLine(text, panel) ?? toYaml(withNewPanel(fieldsOr(document), -1, panel));
}

/** Below the last line of the list under a top-level `panels:` that is written a line an item. */
function insertLine(text: string, panel: Fields): string | null {
  const lines = text.split('\n');
  const head = lines.findIndex((line) => /^panels:\s*(#.*)?$/.test(line));
  if (head < 0) return null;
  let indent: string | null = null;
  let last = head;
  for (let i = head + 1; i < lines.length; i += 1) {
    const line = lines[i]!;
    if (/^\s*(#.*)?$/.test(line)) continue;
    const item = /^(\s*)- /.exec(line);
    indent ??= item === null ? null : item[1]!;
    const inside = indent !== null && (line.startsWith(`${indent} `) || line.startsWith(`${indent}- `));
    if (!inside) break;
    last = i;
  }
  if (indent === null) return null;
  lines.splice(last + 1, 0, `${indent}- ${flowYaml(panel)}`);
  return lines.join('\n').replace(/\n*$/, '\n');
}
