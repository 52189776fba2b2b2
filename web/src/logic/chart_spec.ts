// What a chart of lines is asked to draw. Plain data: whoever makes one knows what it shows, the plot knows how.
import type { Threshold } from './dashboard_doc.ts';
import type { Overlay } from './overlay.ts';
import type { PercentileBand } from './percentiles.ts';
import type { SeriesEntry } from './series_store.ts';

export type LineShape = 'line' | 'step' | 'area';

export interface LineSpec {
  readonly entry: SeriesEntry;
  readonly label: string;
  /** Which of the page's series colours, from 0. */
  readonly colour: number;
  readonly axis: 'y' | 'y2';
  /** A sliding statistic over the entry's line instead of the line. */
  readonly overlay: Overlay | null;
  /** The same line as it was in the period that is compared with. */
  readonly earlier?: boolean;
}

export interface ChartSpec {
  readonly lines: readonly LineSpec[];
  readonly shape: LineShape;
  /** From the least to the greatest. */
  readonly band: boolean;
  /** Bands between percentiles, the widest first. */
  readonly percentiles?: readonly PercentileBand[];
  readonly stack: boolean;
  readonly thresholds: readonly Threshold[];
  readonly min: number | null;
  readonly max: number | null;
  /** Small: fewer marks, less padding. */
  readonly compact: boolean;
  /** States that colour the chart's ground. */
  readonly backgrounds?: readonly SeriesEntry[];
  /** Events that are marked on it. */
  readonly events?: readonly SeriesEntry[];
}

/** More strips than this, one above the other, are no ground any more. */
export const BACKGROUNDS_UP_TO = 3;

/** Every plain line once more, as it was in the period that is compared with. */
export function withEarlier(lines: readonly LineSpec[], word: string): LineSpec[] {
  return lines.flatMap((line) =>
    line.overlay === null && line.entry.states === null
      ? [line, { ...line, label: `${line.label} · ${word}`, earlier: true }]
      : [line],
  );
}

/** Bands of more lines than this hide each other. */
export const BANDS_UP_TO = 3;
