// Puts one more panel into a dashboard's text. Its author's lines stay as they are, comments too, wherever the text's
// list of panels can be told; else the document is written anew.
import { type Fields, fieldsOr, type Json } from '../api/guard.ts';
import type { Kind } from '../api/wire.ts';
import { panelsOf, withNewPanel } from './dashboard_edit.ts';
import { appendToList } from './yaml_list.ts';
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
  const anew = () => toYaml(withNewPanel(fieldsOr(document), -1, panel));
  // A document in braces, or one without panels of its own, has no list to add to.
  if (!/^panels:/m.test(text)) return anew();
  const flow = flowYaml(panel);
  return appendToList(text, 'panels', [`- ${flow}`], flow)?.text ?? anew();
}
