// What happened, newest first, of all the panel's series.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { fetchQuery, Refused } from '../../api/http.ts';
import { lineLabels } from '../../logic/line_label.ts';
import { toTexts } from '../../logic/query_columns.ts';
import { t } from '../../logic/texts.ts';
import { dateTimeLabel } from '../../logic/time_label.ts';
import { boundsOf } from '../../logic/time_range.ts';
import { useApp } from '../context.ts';
import { useSources } from './entries.ts';
import type { PanelProps } from './panel_body.tsx';

interface Happening {
  readonly time: number;
  readonly text: string;
  readonly key: string;
}

const DEFAULT_LIMIT = 100;

function merged(a: readonly Happening[], b: readonly Happening[], limit: number): Happening[] {
  const seen = new Map<string, Happening>();
  for (const item of [...a, ...b]) seen.set(`${item.time} ${item.key} ${item.text}`, item);
  return [...seen.values()].sort((x, y) => y.time - x.time).slice(0, limit);
}

export function EventsPanel({ shown, state }: PanelProps) {
  const app = useApp();
  const entries = useSources(shown.y);
  const limit = shown.panel.limit ?? DEFAULT_LIMIT;
  const happened = useSignal<readonly Happening[]>([]);
  const problem = useSignal('');
  const range = state.range.value;
  const session = app.session.value;
  useEffect(() => {
    if (entries.length === 0) return;
    const abort = new AbortController();
    const spanMs = shown.panel.spanMs;
    const { from, to } = boundsOf(spanMs === null ? range : { kind: 'live', spanMs }, app.clock.now());
    const series = entries.map(({ info }) => info.key);
    fetchQuery({ series, from: Math.floor(from), to: Math.ceil(to), points: limit }, abort.signal).then(
      (answer) => {
        const found = answer.series.flatMap((one) => toTexts(one).map((item) => ({ ...item, key: one.key })));
        const before = range.kind === 'live' ? happened.value.filter(({ time }) => time >= from) : [];
        happened.value = merged(before, found, limit);
        problem.value = '';
      },
      (error: unknown) => {
        if (error instanceof Refused) problem.value = error.message;
      },
    );
    return () => abort.abort();
  }, [entries, range, session]);
  useEffect(() => {
    const ends = entries.map((entry) =>
      app.follow(entry.info.key, ({ time, value }) => {
        if (state.range.peek().kind !== 'live' || typeof value !== 'string') return;
        happened.value = merged([{ time, text: value, key: entry.info.key }], happened.value, limit);
      }),
    );
    return () => {
      for (const end of ends) end();
    };
  }, [entries]);
  const labels = new Map(
    lineLabels(
      entries.map(({ info }) => info),
      shown.panel.by,
    ).map((label, i) => [entries[i]!.info.key, label]),
  );
  return (
    <div
      class="panel-events"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach it
      tabIndex={0}
      data-chart
      data-series={entries.map(({ info }) => info.key).join(' ')}
    >
      {problem.value !== '' && <p class="panel-note">{problem}</p>}
      {happened.value.length === 0 && problem.value === '' && (
        <p class="panel-note">{t('Nothing happened in this span.')}</p>
      )}
      <ol>
        {happened.value.map(({ time, text, key }) => (
          <li key={`${time} ${key} ${text}`}>
            <time>{dateTimeLabel(time)}</time>
            <span>
              {entries.length > 1 && <span class="muted">{labels.get(key)} </span>}
              {text}
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
