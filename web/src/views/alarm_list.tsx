// Alarms, those that fire first, with what somebody can say about them.

import { useSignal } from '@preact/signals';
import { type Alarm, acknowledgeAlarm, fetchAlarms, silenceAlarm } from '../api/alarms.ts';
import { Refused } from '../api/http.ts';
import { inOrder, isOpen } from '../logic/alarm_order.ts';
import { locale, mark, t } from '../logic/texts.ts';
import { dateTimeLabel } from '../logic/time_label.ts';
import { usePoll } from './poll.ts';

const EVERY_MS = 2_000;
const WHO = 'telltale.who';

const STATES: Readonly<Record<string, string>> = {
  inactive: mark('All is well'),
  pending: mark('Pending'),
  firing: mark('Fires'),
  acknowledged: mark('Acknowledged'),
  cleared: mark('Is over'),
  'no-data': mark('No data'),
  suppressed: mark('Suppressed'),
};

function remembered(): string {
  try {
    return localStorage.getItem(WHO) ?? '';
  } catch {
    return '';
  }
}

function remember(who: string): void {
  try {
    localStorage.setItem(WHO, who);
  } catch {
    // Then it is asked again.
  }
}

interface RowProps {
  readonly alarm: Alarm;
  readonly said: () => void;
}

function Row({ alarm, said }: RowProps) {
  const open = useSignal<'' | 'ack' | 'silence'>('');
  const who = useSignal(remembered());
  const comment = useSignal('');
  const refused = useSignal('');
  const send = async (event: Event) => {
    event.preventDefault();
    remember(who.value);
    try {
      if (open.value === 'ack') await acknowledgeAlarm(alarm, who.value, comment.value);
      else await silenceAlarm(alarm, alarm.silenced === null ? '1h' : '0s', who.value, comment.value);
      open.value = '';
      refused.value = '';
      said();
    } catch (error) {
      refused.value = error instanceof Refused ? error.message : t('The device does not answer.');
    }
  };
  const silence = alarm.silenced === null ? t('Silence for 1 h') : t('End the silence');
  return (
    <li class="alarm card" data-alarm={alarm.rule} data-state={alarm.state} data-severity={alarm.severity}>
      <div class="alarm-head">
        <strong class="alarm-name">{alarm.rule}</strong>
        {alarm.labels.map(([name, value]) => (
          <span key={name} class="alarm-label">
            {name}: {value}
          </span>
        ))}
        <span class="alarm-state">{t(STATES[alarm.state] ?? alarm.state)}</span>
      </div>
      {alarm.message !== '' && alarm.state !== 'inactive' && <p class="alarm-message">{alarm.message}</p>}
      <p class="alarm-facts">
        <code>{alarm.when}</code>
        {alarm.value !== null && (
          <span>{alarm.value.toLocaleString(locale(), { maximumSignificantDigits: 6 })}</span>
        )}
        {alarm.since !== null && <span>{t('since {time}', { time: dateTimeLabel(alarm.since) })}</span>}
        {alarm.by !== '' && <span>{alarm.comment === '' ? alarm.by : `${alarm.by}: ${alarm.comment}`}</span>}
        {alarm.silenced !== null && (
          <span>{t('silent until {time}', { time: dateTimeLabel(alarm.silenced) })}</span>
        )}
        {alarm.flapping && <span>{t('comes and goes')}</span>}
        {alarm.problem !== '' && <span class="alarm-problem">{alarm.problem}</span>}
      </p>
      {open.value === '' ? (
        <div class="alarm-does">
          {isOpen(alarm) && (
            <button type="button" class="button button-main" onClick={() => (open.value = 'ack')}>
              {t('Acknowledge')}
            </button>
          )}
          <button type="button" class="button" onClick={() => (open.value = 'silence')}>
            {silence}
          </button>
        </div>
      ) : (
        <form class="alarm-form" onSubmit={(event) => void send(event)}>
          <input
            aria-label={t('Your name')}
            placeholder={t('Your name')}
            maxLength={64}
            value={who}
            onInput={(event) => (who.value = event.currentTarget.value)}
          />
          <input
            aria-label={t('Comment')}
            placeholder={t('Comment')}
            maxLength={500}
            value={comment}
            onInput={(event) => (comment.value = event.currentTarget.value)}
          />
          <button type="submit" class="button button-main">
            {open.value === 'ack' ? t('Acknowledge') : silence}
          </button>
          <button type="button" class="button" onClick={() => (open.value = '')}>
            {t('Cancel')}
          </button>
        </form>
      )}
      {refused.value !== '' && (
        <p class="alarm-problem" role="alert">
          {refused}
        </p>
      )}
    </li>
  );
}

/** `quiet`: without those of which there is nothing to say. */
export function AlarmList({ quiet }: { readonly quiet: boolean }) {
  const alarms = useSignal<readonly Alarm[] | null>(null);
  const problem = useSignal('');
  const look = async () => {
    try {
      alarms.value = inOrder(await fetchAlarms());
      problem.value = '';
    } catch (error) {
      problem.value =
        error instanceof Refused ? error.message : t('The device does not answer; this is how it was last.');
    }
  };
  usePoll(EVERY_MS, look);
  const shown = alarms.value?.filter((alarm) => !quiet || alarm.state !== 'inactive') ?? [];
  return (
    <>
      {problem.value !== '' && <p class="alarm-problem">{problem}</p>}
      {alarms.value !== null && shown.length === 0 && (
        <p class="muted">
          {alarms.value.length > 0 || quiet
            ? t('No alarm.')
            : t('No rule is configured. Rules stand under “rules:” in telltale.yaml.')}
        </p>
      )}
      <ul class="alarms">
        {shown.map((alarm) => (
          <Row
            key={`${alarm.rule}\n${alarm.labels.map(([, value]) => value).join('\n')}`}
            alarm={alarm}
            said={() => void look()}
          />
        ))}
      </ul>
    </>
  );
}
