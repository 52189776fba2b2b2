// Lines, steps or areas over time, with a legend.
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import {
  BACKGROUNDS_UP_TO,
  BANDS_UP_TO,
  type ChartSpec,
  type LineSpec,
  withEarlier,
} from '../../logic/chart_spec.ts';
import type { WindowSummary } from '../../logic/chart_window.ts';
import { lineLabels } from '../../logic/line_label.ts';
import { parseOverlay } from '../../logic/overlay.ts';
import { readBands } from '../../logic/percentiles.ts';
import type { SeriesEntry } from '../../logic/series_store.ts';
import { ChartCanvas, type ChartReader } from '../chart_canvas.tsx';
import { ChartLegend } from '../chart_legend.tsx';
import { earlierWord } from '../comparison.tsx';
import { useSources } from './entries.ts';
import type { PanelProps } from './panel_body.tsx';

/** More lines than this tell nobody anything. */
const MAX_LINES = 40;

function linesOf(
  entries: readonly SeriesEntry[],
  second: readonly SeriesEntry[],
  overlays: readonly string[],
  by: string,
): LineSpec[] {
  const all = [...entries, ...second].slice(0, MAX_LINES);
  const labels = lineLabels(
    all.map(({ info }) => info),
    by,
  );
  const single = all.length === 1;
  let extra = all.length;
  return all.flatMap((entry, i) => {
    const base = {
      entry,
      label: labels[i]!,
      colour: i,
      axis: i < entries.length ? ('y' as const) : ('y2' as const),
      overlay: null,
    };
    const over = (base.axis === 'y2' ? [] : overlays).flatMap((text): LineSpec[] => {
      const overlay = parseOverlay(text);
      if (overlay === null) return [];
      const colour = single ? extra++ : i;
      return [{ ...base, label: `${labels[i]!} · ${text.replace('_', ' ')}`, colour, overlay }];
    });
    return [base, ...over];
  });
}

export function LinesPanel({ shown, state }: PanelProps) {
  const { panel, kind } = shown;
  const entries = useSources(shown.y);
  const second = useSources(shown.y2);
  const compare = state.compare.value;
  const spec = useMemo((): ChartSpec => {
    // Beside numbers states are the ground, and events are marks.
    const plain = entries.filter(({ info }) => info.kind !== 'event');
    const values = plain.filter(({ states }) => states === null);
    const numbers = values.length > 0 ? values : plain;
    const lines = linesOf(numbers, second, panel.overlay, panel.by);
    return {
      lines: compare === '' || panel.stack ? lines : withEarlier(lines, earlierWord(compare)),
      shape: kind === 'steps' ? 'step' : kind === 'areas' ? 'area' : 'line',
      percentiles: readBands(panel.percentiles),
      band: panel.band ?? numbers.length + second.length <= BANDS_UP_TO,
      stack: panel.stack,
      thresholds: panel.thresholds,
      min: panel.min,
      max: panel.max,
      compact: true,
      backgrounds: plain.filter((entry) => !numbers.includes(entry)).slice(0, BACKGROUNDS_UP_TO),
      events: entries.filter(({ info }) => info.kind === 'event'),
    };
  }, [entries, second, panel, kind, compare]);
  const summary = useSignal<readonly WindowSummary[]>([]);
  const reader = useSignal<ChartReader | null>(null);
  const hidden = useSignal<ReadonlySet<number>>(new Set());
  if (spec.lines.length === 0) return null;
  const legend = panel.legend ?? true;
  return (
    <>
      <ChartCanvas
        {...{ spec, state, hidden, summary }}
        onReader={(made) => {
          reader.value = made;
        }}
      />
      {legend && <ChartLegend {...{ spec, state, reader, hidden, summary }} wide={panel.legend !== false} />}
    </>
  );
}
