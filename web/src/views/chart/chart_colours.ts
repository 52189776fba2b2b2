// The chart's colours, read from the stylesheet so that both themes have one place.

import type { Level } from '../../logic/dashboard_doc.ts';
import type { StateColour } from '../../logic/state_colour.ts';

export const SERIES_COLOURS = 8;

export interface ChartColours {
  readonly series: readonly string[];
  readonly grid: string;
  readonly text: string;
  readonly surface: string;
  readonly accent: string;
  /** Of events. */
  readonly marks: string;
  readonly states: Readonly<Record<StateColour, string>>;
  readonly levels: Readonly<Record<Level, string>>;
}

export function readColours(element: Element): ChartColours {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    series: Array.from({ length: SERIES_COLOURS }, (_, i) => read(`--series-${i + 1}`)),
    grid: read('--grid'),
    text: read('--muted'),
    surface: read('--surface'),
    accent: read('--accent'),
    marks: read('--series-6'),
    states: {
      calm: read('--state-calm'),
      warn: read('--state-warn'),
      alarm: read('--state-alarm'),
      rest: read('--state-rest'),
      'other-0': read('--state-other-0'),
      'other-1': read('--state-other-1'),
    },
    levels: {
      good: read('--state-calm'),
      note: read('--state-other-0'),
      warning: read('--state-warn'),
      critical: read('--state-alarm'),
    },
  };
}

/** A colour of six digits with an opacity from 0 to 1. */
export function translucent(colour: string, opacity: number): string {
  const hex = Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0');
  return `${colour}${hex}`;
}
