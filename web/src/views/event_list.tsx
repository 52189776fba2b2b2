// What happened, newest first, in the span that is looked at; grows as it happens.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { fetchQuery, Refused } from '../api/http.ts';
import type { ExploreState } from '../app/explore_state.ts';
import { toTexts } from '../logic/query_columns.ts';
import type { SeriesEntry } from '../logic/series_store.ts';
import { t } from '../logic/texts.ts';
import { dateTimeLabel } from '../logic/time_label.ts';
import { boundsOf } from '../logic/time_range.ts';
import { useApp } from './context.ts';
import './event_list.css';

interface Happening {
  readonly time: number;
  readonly text: string;
}

const SHOWN = 500;

function merge(a: readonly Happening[], b: readonly Happening[]): Happening[] {
  const seen = new Set<string>();
  return [...a, ...b]
    .filter(({ time, text }) => {
      const id = `${time} ${text}`;
      if (seen.has(id)) return false;
      seen.add(id);
      return true;
    })
    .sort((x, y) => y.time - x.time)
    .slice(0, SHOWN);
}

export function EventList({ entry, state }: { readonly entry: SeriesEntry; readonly state: ExploreState }) {
  const app = useApp();
  const events = useSignal<readonly Happening[]>([]);
  const problem = useSignal('');
  const range = state.range.value;
  const session = app.session.value;
  const { key } = entry.info;
  useEffect(() => {
    const { from, to } = boundsOf(range, app.clock.now());
    const abort = new AbortController();
    fetchQuery({ series: key, from: Math.floor(from), to: Math.ceil(to), points: SHOWN }, abort.signal).then(
      (answer) => {
        const series = answer.series.find((item) => item.key === key);
        const found = series === undefined ? [] : toTexts(series);
        events.value = merge(range.kind === 'live' ? events.value.filter((e) => e.time >= from) : [], found);
        problem.value = '';
      },
      (error: unknown) => {
        if (error instanceof Refused) problem.value = error.message;
      },
    );
    return () => abort.abort();
  }, [key, range, session]);
  useEffect(
    () =>
      app.follow(key, ({ time, value }) => {
        if (state.range.peek().kind !== 'live' || typeof value !== 'string') return;
        events.value = merge([{ time, text: value }], events.value);
      }),
    [key],
  );
  return (
    <article class="event-list card" data-chart data-series={key}>
      <h1 class="page-title">{entry.info.title || key}</h1>
      {problem.value !== '' && <p class="event-problem">{problem}</p>}
      {events.value.length === 0 && <p class="muted">{t('Nothing happened in this span.')}</p>}
      <ol>
        {events.value.map(({ time, text }) => (
          <li key={`${time} ${text}`}>
            <time>{dateTimeLabel(time)}</time>
            <span>{text}</span>
          </li>
        ))}
      </ol>
    </article>
  );
}
