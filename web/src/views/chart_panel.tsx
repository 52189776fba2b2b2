// One chart of the explore page: of one series with its reading, or of several with a legend; and what can be said of
// the span in view.

import { computed, useComputed, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { ExploreState } from '../app/explore_state.ts';
import { BANDS_UP_TO, type ChartSpec, type LineSpec, withEarlier } from '../logic/chart_spec.ts';
import type { WindowSummary } from '../logic/chart_window.ts';
import type { Comparison } from '../logic/compare.ts';
import { formatAge, formatLasting } from '../logic/freshness.ts';
import { lineLabels } from '../logic/line_label.ts';
import { formatFixed, MISSING, NumberStyle } from '../logic/number_format.ts';
import type { Overlay } from '../logic/overlay.ts';
import { readBands } from '../logic/percentiles.ts';
import { parseSeriesKey } from '../logic/series_key.ts';
import type { SeriesEntry } from '../logic/series_store.ts';
import { summarize } from '../logic/span_summary.ts';
import { mark, t } from '../logic/texts.ts';
import { momentLabel } from '../logic/time_label.ts';
import { spanOf } from '../logic/time_range.ts';
import { ChartCanvas, type ChartReader } from './chart_canvas.tsx';
import { ChartLegend } from './chart_legend.tsx';
import { earlierWord } from './comparison.tsx';
import { useApp } from './context.ts';
import './chart_panel.css';

const NOTES = {
  good: '',
  stale: mark('stale'),
  uncertain: mark('clock uncertain'),
  bad: mark('fault'),
} as const;

/** What a series is, where it is not just a number. */
const KIND_WORDS = { counter: mark('counter'), state: mark('state'), event: mark('event') } as const;

/** A long name may break behind its dots, not inside of a word. */
function breakable(name: string) {
  return name.split('.').map((part, i) => (i === 0 ? part : [<wbr key={`${i}`} />, `.${part}`]));
}

interface Props {
  readonly entries: readonly SeriesEntry[];
  readonly backgrounds?: readonly SeriesEntry[];
  readonly events?: readonly SeriesEntry[];
  readonly overlays: readonly Overlay[];
  /** `p5-p95`. */
  readonly bands?: readonly string[];
  readonly state: ExploreState;
}

const NONE: readonly SeriesEntry[] = [];

/** The first unit stands on the right axis, any other on the left one. */
function exploreSpec(
  entries: readonly SeriesEntry[],
  overlays: readonly Overlay[],
  bands: readonly string[],
  compare: Comparison,
): ChartSpec {
  const labels = lineLabels(entries.map(({ info }) => info));
  const unit = entries[0]!.info.unit;
  const lines = entries.flatMap((entry, i) => {
    const axis = entry.info.unit === unit ? ('y' as const) : ('y2' as const);
    const line = { entry, label: labels[i]!, colour: i, axis, overlay: null };
    const over = overlays.map((overlay, o) => ({
      ...line,
      label: `${labels[i]!} · ${overlay.stat} ${Math.round(overlay.windowMs / 1000)} s`,
      colour: entries.length === 1 ? o + 1 : i,
      overlay,
    }));
    return entry.states === null ? [line, ...over] : [line];
  });
  return {
    lines: compare === '' ? lines : withEarlier(lines, earlierWord(compare)),
    shape: 'line',
    band: entries.length <= BANDS_UP_TO,
    percentiles: readBands(bands),
    stack: false,
    thresholds: [],
    min: null,
    max: null,
    compact: false,
  };
}

const NO_BANDS: readonly string[] = [];

export function ChartPanel({
  entries,
  overlays,
  state,
  bands = NO_BANDS,
  backgrounds = NONE,
  events = NONE,
}: Props) {
  const compare = state.compare.value;
  const spec = useMemo(
    () => ({ ...exploreSpec(entries, overlays, bands, compare), backgrounds, events }),
    [
      ...backgrounds,
      ...events,
      backgrounds.length,
      ...entries,
      compare,
      bands.join(),
      overlays.map(({ stat, windowMs }) => `${stat}${windowMs}`).join(),
    ],
  );
  const summary = useSignal<readonly WindowSummary[]>([]);
  const reader = useSignal<ChartReader | null>(null);
  const hidden = useSignal<ReadonlySet<number>>(new Set());
  const one = entries.length === 1 ? entries[0]! : null;
  const legend = { spec, state, reader, hidden, summary };
  return (
    <article class="chart-panel card">
      {one !== null && <OneHead entry={one} line={spec.lines[0]!} state={state} reader={reader} />}
      <ChartCanvas
        {...{ spec, state, hidden, summary }}
        onReader={(made) => {
          reader.value = made;
        }}
      />
      {spec.lines.length > 1 && <ChartLegend {...legend} wide />}
      {one !== null && one.states === null && spec.lines.length === 1 && (
        <SummaryLine entry={one} line={spec.lines[0]!} {...{ state, reader, summary }} />
      )}
    </article>
  );
}

/** `how`: a reading, a mean, the way between two. */
function useSay(
  entry: SeriesEntry,
): (value: number, how?: 'format' | 'formatComputed' | 'formatChange') => string {
  const style = useMemo(() => new NumberStyle(entry.info.unit, entry.info.decimals), [entry]);
  return (value, how = 'format') => {
    if (entry.states !== null) return entry.states.nameOf(value);
    const { number, unit } = style[how](value);
    return unit === '' ? number : `${number} ${unit}`;
  };
}

interface OneProps {
  readonly entry: SeriesEntry;
  readonly state: ExploreState;
  readonly line: LineSpec;
  readonly reader: { readonly value: ChartReader | null };
}

function OneHead({ entry, line, state, reader }: OneProps) {
  const app = useApp();
  const { info } = entry;
  const key = useMemo(() => parseSeriesKey(info.key), [info.key]);
  const model = app.tile(entry);
  const say = useSay(entry);
  const age = useMemo(
    () =>
      computed(() => {
        app.second.value;
        const quality = entry.qualityAt(app.clock.now());
        const text = formatAge(entry.ageAt(app.clock.now()));
        return quality === 'good' || entry.ageAt(app.clock.now()) < 5_000
          ? ''
          : [NOTES[quality], text]
              .filter(Boolean)
              .map((word) => t(word))
              .join(', ');
      }),
    [entry],
  );
  const moment = useComputed(() => {
    const at = state.cursor.value;
    const buffer = reader.value?.bufferOf(line);
    const index = at === null || buffer === undefined ? -1 : buffer.nearest(at);
    const doubt = index >= 0 && buffer!.isUncertain(index) ? `  ·  ${t('clock uncertain')}` : '';
    if (index < 0 || Number.isNaN(buffer!.mean(index))) return '';
    const [min, max] = [buffer!.min(index), buffer!.max(index)];
    const span =
      min === max || Number.isNaN(min)
        ? ''
        : `, ${t('{least} to {most}', { least: say(min), most: say(max) })}`;
    return `${momentLabel(buffer!.time(index), spanOf(state.range.value))}  ·  ${say(buffer!.mean(index), buffer!.stepMs > 0 ? 'formatComputed' : 'format')}${span}${doubt}`;
  });
  return (
    <>
      <header class="chart-head">
        <div class="chart-name">
          <h1 class="page-title">
            {info.title || breakable(key.name)}
            {key.labels.map(([name, value]) => (
              <span key={name} class="chart-label">
                {name} {value}
              </span>
            ))}
          </h1>
          <p class="muted">
            {[info.input, info.kind === 'gauge' ? '' : t(KIND_WORDS[info.kind])].filter(Boolean).join(' · ')}
          </p>
        </div>
        <p class="chart-now" data-quality={model.quality}>
          <span class="chart-figure">{model.value}</span> <span class="muted">{model.unit}</span>
          <span class="chart-age">{age}</span>
        </p>
      </header>
      <p class="chart-cursor" aria-hidden="true">
        {moment}
      </p>
    </>
  );
}

interface SummaryProps extends OneProps {
  readonly summary: { readonly value: readonly WindowSummary[] };
}

/** Of what is in view; of what is marked, when something is. */
function SummaryLine({ entry, line, state, reader, summary }: SummaryProps) {
  const say = useSay(entry);
  const brush = state.brush.value;
  const own = summary.value[0];
  const buffer = brush === null ? undefined : reader.value?.bufferOf(line);
  const marked = brush === null || buffer === undefined ? null : summarize(buffer, brush.from, brush.to);
  const shown = brush !== null ? marked : own !== undefined && own.points > 0 ? own : null;
  const facts: [string, string][] = [
    [t('Minimum'), shown === null ? MISSING : say(shown.min)],
    [t('Mean'), shown === null ? MISSING : say(shown.mean, 'formatComputed')],
    [t('Maximum'), shown === null ? MISSING : say(shown.max)],
  ];
  if (brush !== null) {
    facts.push([t('Change'), marked === null ? MISSING : say(marked.last - marked.first, 'formatChange')]);
    facts.push([t('Readings'), formatFixed(marked?.count ?? 0, 0)]);
    facts.push([t('Marked'), formatLasting(brush.to - brush.from)]);
  }
  return (
    <dl class="chart-summary" data-marked={brush !== null}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
