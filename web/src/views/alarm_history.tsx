// What alarms did, newest first, a page at a time.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { fetchQuery, Refused } from '../api/http.ts';
import { type AlarmEvent, readAlarmEvent } from '../logic/alarm_marks.ts';
import { stateShape, stateWord } from '../logic/alarm_words.ts';
import { toTexts } from '../logic/query_columns.ts';
import { parseSeriesKey } from '../logic/series_key.ts';
import { locale, t } from '../logic/texts.ts';
import { dateTimeLabel } from '../logic/time_label.ts';
import { useApp } from './context.ts';

const PAGE = 50;
const DAY_MS = 86_400_000;
/** Looked back for a page that is not full. */
const SPANS_DAYS = [1, 8, 64, 512];

interface Row {
  readonly time: number;
  readonly rule: string;
  readonly labels: string;
  readonly event: AlarmEvent;
}

/** The newest before `to`, one more than a page when there are more; those of one millisecond stay together. */
async function rowsBefore(rule: string, to: number): Promise<Row[]> {
  const series = rule === '' ? 'alarm' : `alarm{rule=${JSON.stringify(rule)}}`;
  let rows: Row[] = [];
  for (const days of SPANS_DAYS) {
    const answer = await fetchQuery({
      series,
      from: Math.floor(to - days * DAY_MS),
      to,
      points: 1,
      stat: 'raw',
    });
    rows = answer.series.flatMap((one) => {
      const { labels } = parseSeriesKey(one.key);
      const own = labels.find(([name]) => name === 'rule')?.[1] ?? '';
      const rest = labels.filter(([name]) => name !== 'rule').map(([name, value]) => `${name}: ${value}`);
      return toTexts(one).flatMap(({ time, text }): Row[] => {
        const event = readAlarmEvent(text);
        return event === null ? [] : [{ time, rule: own, labels: rest.join(', '), event }];
      });
    });
    if (rows.length > PAGE) break;
  }
  return rows.sort((a, b) => b.time - a.time);
}

export function AlarmHistory() {
  const app = useApp();
  const rule = useSignal('');
  const rows = useSignal<readonly Row[]>([]);
  const more = useSignal(false);
  const problem = useSignal('');
  const load = async (to: number, before: readonly Row[]) => {
    try {
      const found = await rowsBefore(rule.peek(), to);
      more.value = found.length > PAGE;
      rows.value = [...before, ...found.slice(0, PAGE)];
      problem.value = '';
    } catch (error) {
      // Nothing has happened yet.
      if (error instanceof Refused && error.status === 404) rows.value = before;
      else problem.value = error instanceof Refused ? error.message : t('The device does not answer.');
      more.value = false;
    }
  };
  // A change of a state, however it came about, is news here.
  const states = app.alarms.value.map(({ rule: name, since }) => `${name}${since ?? ''}`).join();
  useEffect(() => {
    void load(Math.ceil(app.clock.now()) + 1_000, []);
  }, [rule.value, states]);
  const rules = [...new Set(app.alarms.value.map((alarm) => alarm.rule))];
  if (rows.value.length === 0 && rule.value === '' && problem.value === '') return null;
  return (
    <section class="alarm-history">
      <div class="alarm-head">
        <h2 class="page-title">{t('History')}</h2>
        <select
          class="alarm-state"
          aria-label={t('Rule')}
          value={rule.value}
          onChange={(event) => {
            rule.value = event.currentTarget.value;
          }}
        >
          <option value="">{t('All rules')}</option>
          {rules.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {problem.value !== '' && <p class="alarm-problem">{problem}</p>}
      <ol class="alarm-events">
        {rows.value.map(({ time, rule: name, labels, event }) => (
          <li key={`${time}${name}${labels}${event.state}`} data-alarm-state={event.state}>
            <time>{dateTimeLabel(time)}</time>
            <strong>{name}</strong>
            {labels !== '' && <span class="alarm-label">{labels}</span>}
            <span class="alarm-mark" data-alarm-state={event.state}>
              <span aria-hidden="true">{stateShape(event.state)}</span> {stateWord(event.state)}
            </span>
            {event.value !== null && (
              <span>{event.value.toLocaleString(locale(), { maximumSignificantDigits: 6 })}</span>
            )}
            {event.by !== '' && (
              <span>{event.comment === '' ? event.by : `${event.by}: ${event.comment}`}</span>
            )}
          </li>
        ))}
      </ol>
      {more.value && (
        <button type="button" class="button" onClick={() => void load(rows.peek().at(-1)!.time, rows.peek())}>
          {t('Earlier')}
        </button>
      )}
    </section>
  );
}
