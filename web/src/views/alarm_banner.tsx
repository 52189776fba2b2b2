// Says on every page, and on a wall, that something fires which nobody has seen; with a sound, where somebody wants one.
// Also the one place that asks the device for its alarms: what marks them on tiles and charts hears it from here.

import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { fetchAlarms } from '../api/alarms.ts';
import { AlarmSound, soundWanted } from '../app/alarm_sound.ts';
import { alarmMarks } from '../logic/alarm_marks.ts';
import { inOrder } from '../logic/alarm_order.ts';
import { t, tn } from '../logic/texts.ts';
import { useApp } from './context.ts';
import { Link } from './link.tsx';
import { usePoll } from './poll.ts';

const EVERY_MS = 3_000;
const MOST_NAMES = 3;

export function AlarmBanner() {
  const app = useApp();
  usePoll(EVERY_MS, async () => {
    app.alarms.value = await fetchAlarms();
  });
  useSignalEffect(() => {
    app.alarmMarks.value = alarmMarks(
      app.alarms.value,
      app.catalogue().map(({ key }) => key),
    );
  });
  const firing = inOrder(app.alarms.value.filter((alarm) => alarm.state === 'firing'));
  const first = firing[0];
  if (first === undefined) return null;
  const names = [...new Set(firing.map((alarm) => alarm.rule))];
  return (
    <>
      <Link to={{ page: 'alarms' }} class="alarm-banner" data-severity={first.severity}>
        <span role="alert">
          <span aria-hidden="true">▲ </span>
          {tn('{n} alarm: {names}', '{n} alarms: {names}', firing.length, {
            names: names.slice(0, MOST_NAMES).join(', ') + (names.length > MOST_NAMES ? ' …' : ''),
          })}
        </span>
      </Link>
      {app.router.kiosk.value && soundWanted.value && <Sound />}
    </>
  );
}

/** While something fires. */
function Sound() {
  const blocked = useSignal(false);
  const sound = useMemo(() => new AlarmSound((is) => (blocked.value = is)), []);
  useEffect(() => {
    sound.start();
    return () => sound.end();
  }, [sound]);
  if (!blocked.value) return null;
  return (
    <button type="button" class="alarm-sound-hint" onClick={() => sound.allow()}>
      {t('The browser keeps this page silent until it is touched: touch here for the sound.')}
    </button>
  );
}
