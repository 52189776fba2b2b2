// Says on every page, and on a wall, that something fires which nobody has seen.

import { useSignal } from '@preact/signals';
import { type Alarm, fetchAlarms } from '../api/alarms.ts';
import { inOrder } from '../logic/alarm_order.ts';
import { tn } from '../logic/texts.ts';
import { Link } from './link.tsx';
import { usePoll } from './poll.ts';

const EVERY_MS = 3_000;
const MOST_NAMES = 3;

export function AlarmBanner() {
  const firing = useSignal<readonly Alarm[]>([]);
  usePoll(EVERY_MS, async () => {
    firing.value = inOrder((await fetchAlarms()).filter((alarm) => alarm.state === 'firing'));
  });
  const first = firing.value[0];
  if (first === undefined) return null;
  const names = [...new Set(firing.value.map((alarm) => alarm.rule))];
  return (
    <Link to={{ page: 'alarms' }} class="alarm-banner" data-severity={first.severity}>
      <span role="alert">
        {tn('{n} alarm: {names}', '{n} alarms: {names}', firing.value.length, {
          names: names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ' …' : ''),
        })}
      </span>
    </Link>
  );
}
