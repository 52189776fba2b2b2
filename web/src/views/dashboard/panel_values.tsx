// Values of now: scoreboard and stat, gauge, bar.

import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { ExploreState } from '../../app/explore_state.ts';
import type { Panel } from '../../logic/dashboard_doc.ts';
import { formatLasting } from '../../logic/freshness.ts';
import { levelAt, scaleOf } from '../../logic/levels.ts';
import { lineLabels } from '../../logic/line_label.ts';
import { axisTexts, NumberStyle } from '../../logic/number_format.ts';
import type { SeriesEntry } from '../../logic/series_store.ts';
import { t } from '../../logic/texts.ts';
import { useApp } from '../context.ts';
import { PanelCanvas } from './canvas.tsx';
import { useEntries } from './entries.ts';
import { paintBlocks, paintSparkline, youngStart } from './paint.ts';
import type { PanelProps } from './panel_body.tsx';
import { StateDot, useInView, useReading } from './reading.tsx';
import { usePast } from './use_session.ts';

const STAT_SPAN_MS = 600_000;
const STAT_POINTS = 240;

function names(entries: readonly SeriesEntry[], panel: Panel): string[] {
  return lineLabels(
    entries.map(({ info }) => info),
    panel.by,
  );
}

export function StatPanel({ shown, state }: PanelProps) {
  const entries = useEntries(shown.y);
  const labels = names(entries, shown.panel);
  const named = entries.length > 1 || shown.panel.title === '';
  return (
    <div class="stats" data-count={entries.length}>
      {entries.map((entry, i) => (
        <Stat
          key={entry.info.key}
          {...{ entry, state }}
          panel={shown.panel}
          label={named ? labels[i]! : ''}
          spark={shown.kind === 'stat'}
        />
      ))}
    </div>
  );
}

interface OneProps {
  readonly entry: SeriesEntry;
  readonly panel: Panel;
  readonly label: string;
  readonly state: ExploreState;
  readonly spark: boolean;
}

/** Words need other sizes than numbers do. */
function lengthOf(text: string): string {
  return text.length > 40 ? 'text' : text.length > 12 ? 'words' : '';
}

function Stat({ entry, panel, label, state, spark }: OneProps) {
  const reading = useReading(entry, panel);
  const length = useComputed(() => lengthOf(reading.value.value));
  const words = useComputed(() => (length.value === '' ? undefined : reading.value.value));
  const frame = useInView(entry);
  return (
    <div
      class="stat"
      ref={frame}
      data-series={entry.info.key}
      data-quality={reading.quality}
      data-kind={entry.info.kind}
      title={entry.info.key}
    >
      <span class="stat-head">
        <span class="stat-name">{label}</span>
        <span class="stat-age" data-age>
          {reading.age}
        </span>
      </span>
      <span class="stat-reading">
        <StateDot entry={entry} reading={reading} />
        <span class="stat-value" data-value data-long={length} title={words}>
          {reading.value}
        </span>
        <span class="stat-unit">{reading.unit}</span>
      </span>
      {spark && entry.info.kind !== 'event' && <StatPast {...{ entry, panel, state }} />}
      {!spark && <span class="stat-level">{reading.levelName}</span>}
    </div>
  );
}

function StatPast({ entry, panel, state }: Omit<OneProps, 'label' | 'spark'>) {
  const app = useApp();
  const source = app.entry(entry.info.key.split('@')[0]!) ?? entry;
  const span = panel.spanMs ?? panel.deltaMs ?? STAT_SPAN_MS;
  const past = usePast(
    useMemo(() => [source], [source]),
    state,
    span,
    STAT_POINTS,
  );
  const style = useMemo(
    () => new NumberStyle(panel.unit ?? entry.info.unit, panel.decimals ?? entry.info.decimals),
    [entry, panel],
  );
  const delta = useComputed(() => {
    past.version.value;
    const buffer = past.lines()[0]?.buffer;
    if (buffer === undefined || buffer.length < 2 || entry.states !== null) return '';
    const { to } = past.bounds();
    const wanted = to - (panel.deltaMs ?? span);
    let first = 0;
    while (first < buffer.length - 1 && (buffer.time(first) < wanted || Number.isNaN(buffer.mean(first))))
      first += 1;
    const last = buffer.mean(buffer.length - 1);
    const change = last - buffer.mean(first);
    if (!Number.isFinite(change)) return '';
    // Nearly all of what was asked for is all of it: the number would only flicker.
    const reached = to - buffer.time(first);
    const asked = panel.deltaMs ?? span;
    const since = reached > 0.95 * asked ? asked : reached;
    style.format(last);
    const { number, unit } = style.formatChange(Math.abs(change));
    const sign = change > 0 ? '▲' : change < 0 ? '▼' : '±';
    return t('{change} in {time}', {
      change: `${sign} ${number}${unit === '' ? '' : ` ${unit}`}`,
      time: formatLasting(Math.round(since / 1000) * 1000),
    });
  });
  const draw = useMemo(
    () => (paint: Parameters<typeof paintSparkline>[0]) => {
      past.version.value;
      const line = past.lines()[0];
      if (line === undefined) return;
      const { from, to } = past.bounds();
      if (source.states !== null)
        paintBlocks(paint, line, youngStart(line.buffer, from, to), to, 0, paint.height);
      else paintSparkline(paint, line, from, to);
    },
    [source, span],
  );
  return (
    <>
      <span class="stat-delta">{delta}</span>
      <PanelCanvas draw={draw} label="" class="stat-spark" />
    </>
  );
}

const TURN = (240 / 360) * 2 * Math.PI;

/** A point of the gauge's arc, at a share of it from 0 to 1. */
function onArc(share: number, radius: number): string {
  const angle = Math.PI / 2 + (2 * Math.PI - TURN) / 2 + share * TURN;
  return `${(50 + radius * Math.cos(angle)).toFixed(2)} ${(46 + radius * Math.sin(angle)).toFixed(2)}`;
}

function arc(from: number, to: number, radius: number): string {
  const large = (to - from) * TURN > Math.PI ? 1 : 0;
  return `M${onArc(from, radius)}A${radius} ${radius} 0 ${large} 1 ${onArc(to, radius)}`;
}

export function GaugePanel({ shown }: PanelProps) {
  const entries = useEntries(shown.y);
  const labels = names(entries, shown.panel);
  const named = entries.length > 1 || shown.panel.title === '';
  return (
    <div class="gauges">
      {entries.map((entry, i) => (
        <Gauge key={entry.info.key} entry={entry} panel={shown.panel} label={named ? labels[i]! : ''} />
      ))}
    </div>
  );
}

function Gauge({
  entry,
  panel,
  label,
}: {
  readonly entry: SeriesEntry;
  readonly panel: Panel;
  readonly label: string;
}) {
  const reading = useReading(entry, panel);
  const frame = useInView(entry);
  const [low, high] = scaleOf(panel.min, panel.max, entry.info.range, [
    reading.number.value,
    ...panel.thresholds.map(({ at }) => at * 1.1),
  ]);
  const share = (value: number) => Math.min(1, Math.max(0, (value - low) / (high - low)));
  const at = Number.isNaN(reading.number.value) ? 0 : share(reading.number.value);
  const ranges = panel.thresholds.map((threshold, i) => ({
    level: threshold.level,
    from: share(threshold.at),
    to: share(panel.thresholds[i + 1]?.at ?? high),
  }));
  const ends = axisTexts([low, high], panel.unit ?? entry.info.unit);
  return (
    <div
      class="gauge"
      ref={frame}
      data-series={entry.info.key}
      data-quality={reading.quality}
      title={entry.info.key}
    >
      <svg viewBox="0 0 100 82" aria-hidden="true">
        <path class="gauge-track" d={arc(0, 1, 38)} />
        {at > 0.002 && <path class="gauge-fill" data-level={reading.level} d={arc(0, at, 38)} />}
        {ranges.map(({ level, from, to }) =>
          to > from ? (
            <path key={`${from}`} class="gauge-range" data-level={level} d={arc(from, to, 45)} />
          ) : null,
        )}
        <text class="gauge-end" x="19" y="80">
          {ends[0]}
        </text>
        <text class="gauge-end" x="81" y="80">
          {ends[1]}
        </text>
      </svg>
      <span class="gauge-reading">
        <span class="gauge-value" data-value>
          {reading.value}
        </span>
        <span class="gauge-unit">{reading.unit}</span>
        <span class="gauge-level">{reading.levelName}</span>
      </span>
      <span class="gauge-name">
        {label}
        <span class="stat-age" data-age>
          {reading.age}
        </span>
      </span>
    </div>
  );
}

export function BarPanel({ shown }: PanelProps) {
  const app = useApp();
  const entries = useEntries(shown.y);
  const labels = names(entries, shown.panel);
  const { panel } = shown;
  app.second.value;
  const values = entries.map(({ value }) => (typeof value === 'number' ? value : Number.NaN));
  const [low, high] = scaleOf(panel.min, panel.max, null, values);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach it
    <div class="bars" tabIndex={0}>
      {entries.slice(0, panel.limit ?? 60).map((entry, i) => (
        <Bar key={entry.info.key} {...{ entry, panel, low, high }} label={labels[i]!} />
      ))}
    </div>
  );
}

interface BarProps {
  readonly entry: SeriesEntry;
  readonly panel: Panel;
  readonly label: string;
  readonly low: number;
  readonly high: number;
}

function Bar({ entry, panel, label, low, high }: BarProps) {
  const reading = useReading(entry, panel);
  const frame = useInView(entry);
  const share = (value: number) => Math.min(1, Math.max(0, (value - low) / (high - low)));
  const zero = share(0);
  const at = Number.isNaN(reading.number.value) ? zero : share(reading.number.value);
  const level = levelAt(panel.thresholds, reading.number.value)?.level ?? '';
  return (
    <div
      class="bar"
      ref={frame}
      data-series={entry.info.key}
      data-quality={reading.quality}
      title={entry.info.key}
    >
      <span class="bar-name">{label}</span>
      <span class="bar-value">
        <span data-value>{reading.value}</span> <span class="bar-unit">{reading.unit}</span>
        <span class="visually-hidden" data-age>
          {reading.age}
        </span>
      </span>
      <span class="bar-track" aria-hidden="true">
        <span
          class="bar-fill"
          data-level={level}
          style={{
            insetInlineStart: `${Math.min(at, zero) * 100}%`,
            inlineSize: `${Math.abs(at - zero) * 100}%`,
          }}
        />
        {panel.thresholds.map(({ at: mark, level: of }) => (
          <span
            key={mark}
            class="bar-mark"
            data-level={of}
            style={{ insetInlineStart: `${share(mark) * 100}%` }}
          />
        ))}
      </span>
    </div>
  );
}
