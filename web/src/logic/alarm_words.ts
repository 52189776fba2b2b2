// The words and shapes of an alarm's states: nobody has to tell them apart by colour.
import { mark, t } from './texts.ts';

const STATES: Readonly<Record<string, readonly [string, string]>> = {
  inactive: [mark('All is well'), '✓'],
  pending: [mark('Pending'), '◔'],
  firing: [mark('Fires'), '▲'],
  acknowledged: [mark('Acknowledged'), '◆'],
  cleared: [mark('Is over'), '■'],
  'no-data': [mark('No data'), '?'],
  suppressed: [mark('Suppressed'), '–'],
};

export function stateWord(state: string): string {
  const known = STATES[state];
  return known === undefined ? state : t(known[0]);
}

export function stateShape(state: string): string {
  return STATES[state]?.[1] ?? '';
}
