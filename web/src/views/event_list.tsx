// What happened, newest first, in the span that is looked at; grows as it happens.
import type { ExploreState } from '../app/explore_state.ts';
import type { SeriesEntry } from '../logic/series_store.ts';
import { t } from '../logic/texts.ts';
import { dateTimeLabel } from '../logic/time_label.ts';
import { useHappenings } from './happenings.ts';
import './event_list.css';

export function EventList({ entry, state }: { readonly entry: SeriesEntry; readonly state: ExploreState }) {
  const { key } = entry.info;
  const { list: events, problem } = useHappenings([key], state);
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
