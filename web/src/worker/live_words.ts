// What a tab and the shared worker say to each other.
import type { Wanted } from '../logic/switchboard.ts';

export const SUBPROTOCOL = 'telltale.json.v1';
export const ALIVE_EVERY_MS = 20_000;
export const TAB_GONE_MS = 180_000;

export type FromTab =
  | { readonly is: 'open' }
  | { readonly is: 'want'; readonly wanted: readonly Wanted[] }
  | { readonly is: 'alive' }
  | { readonly is: 'suspect' }
  | { readonly is: 'leave' };

export type ToTab = { readonly is: 'frame'; readonly text: string } | { readonly is: 'closed' };
