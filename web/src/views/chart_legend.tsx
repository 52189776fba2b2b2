// What a chart's lines are, and what they say: at the crosshair, or now; least, mean and greatest of what is in view. A
// click shows a line alone, with shift it adds or takes one away.

import type { Signal } from '@preact/signals';
import { useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { ExploreState } from '../app/explore_state.ts';
import type { ChartSpec, LineSpec } from '../logic/chart_spec.ts';
import type { WindowSummary } from '../logic/chart_window.ts';
import { formatLasting } from '../logic/freshness.ts';
import { type Formatted, MISSING, NumberStyle } from '../logic/number_format.ts';
import { nextHidden } from '../logic/solo.ts';
import { summarize } from '../logic/span_summary.ts';
import { t } from '../logic/texts.ts';
import { momentLabel } from '../logic/time_label.ts';
import { spanOf } from '../logic/time_range.ts';
import type { ChartReader } from './chart_canvas.tsx';
import { useApp } from './context.ts';
import './chart_legend.css';

interface Props {
  readonly spec: ChartSpec;
  readonly state: ExploreState;
  readonly reader: Signal<ChartReader | null>;
  readonly hidden: Signal<ReadonlySet<number>>;
  readonly summary: Signal<readonly WindowSummary[]>;
  /** With least, mean and greatest. */
  readonly wide: boolean;
}

type Extremes = Pick<WindowSummary, 'min' | 'mean' | 'max'>;

/** Of what is marked, else of what is in view. */
function useKnown(
  line: LineSpec,
  i: number,
  state: ExploreState,
  reader: Signal<ChartReader | null>,
  summary: Signal<readonly WindowSummary[]>,
  shown: boolean,
): Extremes | undefined {
  const of = summary.value[i];
  const brush = state.brush.value;
  if (!shown) return undefined;
  const buffer = brush === null || line.overlay !== null ? undefined : reader.value?.bufferOf(line);
  if (brush !== null && buffer !== undefined) {
    const time = reader.value!.timeIn;
    return summarize(buffer, time(line, brush.from), time(line, brush.to)) ?? undefined;
  }
  return of !== undefined && of.points > 0 ? of : undefined;
}

export function ChartLegend({ spec, state, reader, hidden, summary, wide }: Props) {
  const moment = useComputed(() => {
    const at = state.cursor.value;
    const brush = state.brush.value;
    if (at !== null) {
      const { value: read } = reader;
      const doubtful = spec.lines.some((line) => {
        const buffer = read?.bufferOf(line);
        const index = buffer?.nearest(read!.timeIn(line, at)) ?? -1;
        return index >= 0 && buffer!.isUncertain(index);
      });
      const said = momentLabel(at, spanOf(state.range.value));
      return doubtful ? `${said} · ${t('clock uncertain')}` : said;
    }
    return brush === null ? '' : t('Marked: {time}', { time: formatLasting(brush.to - brush.from) });
  });
  return (
    <div class="chart-legend" data-wide={wide}>
      <table>
        <thead class={wide ? '' : 'visually-hidden'}>
          <tr>
            <th scope="col">
              <span class="legend-moment">{moment}</span>
            </th>
            <th scope="col">{t('Value')}</th>
            {wide && (
              <>
                <th scope="col">{t('Min')}</th>
                <th scope="col">{t('Mean')}</th>
                <th scope="col">{t('Max')}</th>
              </>
            )}
          </tr>
        </thead>
        <tbody>
          {spec.lines.map((line, i) => (
            <LegendRow
              key={`${line.entry.info.key}${line.overlay?.stat ?? ''}${line.earlier === true}`}
              {...{ line, i, state, reader, hidden, summary, wide }}
              count={spec.lines.length}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const text = ({ number, unit }: Formatted) => (unit === '' ? number : `${number} ${unit}`);

/** Where there is little room the unit is said once, with the value. */
function Cell({ of: { number, unit } }: { readonly of: Formatted }) {
  return (
    <td>
      {number}
      {unit !== '' && <span class="legend-unit">{` ${unit}`}</span>}
    </td>
  );
}

interface RowProps extends Omit<Props, 'spec'> {
  readonly line: LineSpec;
  readonly i: number;
  readonly count: number;
}

function LegendRow({ line, i, count, state, reader, hidden, summary, wide }: RowProps) {
  const app = useApp();
  const { entry, overlay } = line;
  const style = useMemo(() => new NumberStyle(entry.info.unit, entry.info.decimals), [entry]);
  const say = (value: number | undefined, computed = overlay !== null) => {
    if (value === undefined || !Number.isFinite(value)) return { number: MISSING, unit: '' };
    if (entry.states !== null) return { number: entry.states.nameOf(Math.round(value)), unit: '' };
    return computed ? style.formatComputed(value) : style.format(value);
  };
  const value = useComputed(() => {
    const at = state.cursor.value;
    const own = summary.value[i];
    const buffer = reader.value?.bufferOf(line);
    // A bucket's value is a mean.
    const computed = overlay !== null || (buffer?.stepMs ?? 0) > 0;
    if (at === null || overlay !== null)
      return text(say(own !== undefined && own.points > 0 ? own.last : undefined, computed));
    app.second.value;
    const index = buffer?.nearest(reader.value!.timeIn(line, at)) ?? -1;
    return text(say(index < 0 ? undefined : buffer!.mean(index), computed));
  });
  const shown = !hidden.value.has(i);
  const known = useKnown(line, i, state, reader, summary, shown);
  return (
    <tr data-shown={shown}>
      <th scope="row">
        <button
          type="button"
          class="legend-name"
          aria-pressed={shown}
          title={`${entry.info.key}\n${t('Click: alone. Shift-click: add or take away.')}`}
          onClick={(event) => {
            hidden.value = nextHidden(
              hidden.value,
              i,
              count,
              event.shiftKey || event.ctrlKey || event.metaKey,
            );
          }}
        >
          <span
            class="legend-swatch"
            data-colour={(line.colour % 8) + 1}
            data-dashed={overlay !== null || line.earlier === true}
          />
          <span class="legend-text">{line.label}</span>
        </button>
      </th>
      <td>{value}</td>
      {wide && (
        <>
          <Cell of={say(known?.min)} />
          <Cell of={say(known?.mean, true)} />
          <Cell of={say(known?.max)} />
        </>
      )}
    </tr>
  );
}
