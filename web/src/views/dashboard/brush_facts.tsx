// What a panel's series were in the span that is marked: least, mean and greatest; of states, how long each.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { fetchQuery } from '../../api/http.ts';
import type { ExploreState, Stretch } from '../../app/explore_state.ts';
import { ChartBuffer } from '../../logic/chart_buffer.ts';
import type { ShownPanel } from '../../logic/dashboard_expand.ts';
import { lineLabels } from '../../logic/line_label.ts';
import { formatFixed, MISSING, NumberStyle } from '../../logic/number_format.ts';
import { toHistory } from '../../logic/query_columns.ts';
import type { SeriesEntry } from '../../logic/series_store.ts';
import { stateShares, summarize } from '../../logic/span_summary.ts';
import { useSources } from './entries.ts';

const SETTLE_MS = 150;
const POINTS = 1_000;
/** A panel of more series says it of the first. */
const SHOWN = 6;
const STATES_SHOWN = 3;

interface Fact {
  readonly key: string;
  readonly text: string;
}

function sayNumbers(entry: SeriesEntry, buffer: ChartBuffer, { from, to }: Stretch): string {
  const of = summarize(buffer, from, to);
  if (of === null) return MISSING;
  const style = new NumberStyle(entry.info.unit, entry.info.decimals);
  const [min, max] = [style.format(of.min), style.format(of.max)];
  return `${min.number} – ⌀ ${style.formatComputed(of.mean).number} – ${max.number} ${max.unit}`;
}

function sayStates(entry: SeriesEntry, buffer: ChartBuffer, { from, to }: Stretch): string {
  const shares = stateShares(buffer, from, to).slice(0, STATES_SHOWN);
  if (shares.length === 0) return MISSING;
  return shares
    .map(([value, share]) => `${entry.states!.nameOf(value)} ${formatFixed(share * 100, 0)} %`)
    .join(', ');
}

async function measure(
  entries: readonly SeriesEntry[],
  brush: Stretch,
  signal: AbortSignal,
): Promise<readonly Fact[]> {
  const { from, to } = brush;
  // A state holds from before: what it was at the begin has to be known.
  const before = entries.some(({ states }) => states !== null) ? to - from : 0;
  const answer = await fetchQuery(
    {
      series: entries.map(({ info }) => info.key),
      from: Math.floor(from - before),
      to: Math.ceil(to) + 1,
      points: POINTS,
    },
    signal,
  );
  return entries.map((entry) => {
    const series = answer.series.find(({ key }) => key === entry.info.key);
    const buffer = new ChartBuffer();
    if (series !== undefined) buffer.load(toHistory(answer, series, entry.states));
    const say = entry.states === null ? sayNumbers : sayStates;
    return { key: entry.info.key, text: say(entry, buffer, brush) };
  });
}

export function BrushFacts({ shown, state }: { readonly shown: ShownPanel; readonly state: ExploreState }) {
  const entries = useSources(shown.y)
    .filter(({ info }) => info.kind !== 'event')
    .slice(0, SHOWN);
  const facts = useSignal<readonly Fact[]>([]);
  const brush = state.brush.value;
  const keys = entries.map(({ info }) => info.key).join(' ');
  useEffect(() => {
    facts.value = [];
    if (brush === null || entries.length === 0) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      measure(entries, brush, abort.signal).then(
        (found) => {
          if (!abort.signal.aborted) facts.value = found;
        },
        () => undefined,
      );
    }, SETTLE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [brush, keys]);
  if (brush === null || facts.value.length === 0) return null;
  const labels = lineLabels(
    entries.map(({ info }) => info),
    shown.panel.by,
  );
  return (
    <dl class="brush-facts" data-brush>
      {facts.value.map(({ key, text }, i) => (
        <div key={key}>
          {facts.value.length > 1 && <dt>{labels[i]}</dt>}
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
