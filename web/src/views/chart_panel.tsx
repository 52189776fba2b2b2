// One chart with its reading and what can be said of the span in view.
import { computed, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { ExploreState } from '../app/explore_state.ts';
import { formatAge } from '../logic/freshness.ts';
import { NumberStyle } from '../logic/number_format.ts';
import { parseSeriesKey } from '../logic/series_key.ts';
import type { SeriesEntry } from '../logic/series_store.ts';
import { momentLabel } from '../logic/time_label.ts';
import { spanOf } from '../logic/time_range.ts';
import { ChartCanvas, type CursorReading, type Summary } from './chart_canvas.tsx';
import { useApp } from './context.ts';
import './chart_panel.css';

const NOTES = { good: '', stale: 'stale, ', uncertain: 'clock uncertain, ', bad: 'fault, ' } as const;

/** A long name may break behind its dots, not inside of a word. */
function breakable(name: string) {
  return name.split('.').map((part, i) => (i === 0 ? part : [<wbr key={`${i}`} />, `.${part}`]));
}

interface Props {
  readonly entry: SeriesEntry;
  readonly state: ExploreState;
}

export function ChartPanel({ entry, state }: Props) {
  const app = useApp();
  const { info } = entry;
  const key = useMemo(() => parseSeriesKey(info.key), [info.key]);
  const cursor = useSignal<CursorReading | null>(null);
  const summary = useSignal<Summary | null>(null);
  const model = app.tile(entry);
  const style = useMemo(() => new NumberStyle(info.unit, info.decimals), [entry]);
  const say = (value: number) => {
    if (entry.states !== null) return entry.states.nameOf(value);
    const { number, unit } = style.format(value);
    return unit === '' ? number : `${number} ${unit}`;
  };
  const age = useMemo(
    () =>
      computed(() => {
        app.second.value;
        const quality = entry.qualityAt(app.clock.now());
        const text = formatAge(entry.ageAt(app.clock.now()));
        return quality === 'good' || text === 'now' ? '' : `${NOTES[quality]}${text}`;
      }),
    [entry],
  );
  const moment = useMemo(
    () =>
      computed(() => {
        const at = cursor.value;
        if (at === null) return '';
        const span = at.min === at.max ? '' : `, ${say(at.min)} to ${say(at.max)}`;
        return `${momentLabel(at.time, spanOf(state.range.value))}  ·  ${say(at.value)}${span}`;
      }),
    [entry],
  );
  return (
    <article class="chart-panel card">
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
            {[info.input, info.kind === 'gauge' ? '' : info.kind].filter(Boolean).join(' · ')}
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
      <ChartCanvas entry={entry} state={state} cursor={cursor} summary={summary} />
      {entry.states === null && <SummaryLine summary={summary.value} say={say} />}
    </article>
  );
}

function SummaryLine({
  summary,
  say,
}: {
  readonly summary: Summary | null;
  readonly say: (v: number) => string;
}) {
  const shown = summary !== null && summary.points > 0 ? summary : null;
  const facts: readonly (readonly [string, number | undefined])[] = [
    ['Minimum', shown?.min],
    ['Mean', shown?.mean],
    ['Maximum', shown?.max],
  ];
  return (
    <dl class="chart-summary">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value === undefined ? '–' : say(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
