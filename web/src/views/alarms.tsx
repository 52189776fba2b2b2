// All alarms of the device.
import { useLayoutEffect } from 'preact/hooks';
import { soundWanted } from '../app/alarm_sound.ts';
import { t } from '../logic/texts.ts';
import { AlarmHistory } from './alarm_history.tsx';
import { AlarmList } from './alarm_list.tsx';
import { useApp } from './context.ts';
import { NotifyTargets } from './notify_targets.tsx';

export function Alarms() {
  const app = useApp();
  useLayoutEffect(() => app.router.restoreScroll(), []);
  return (
    <section class="alarms-page">
      <h1 class="page-title">{t('Alarms')}</h1>
      <AlarmList quiet={false} />
      <NotifyTargets />
      <AlarmHistory />
      <label class="alarm-check">
        <input
          type="checkbox"
          checked={soundWanted.value}
          onChange={(event) => {
            soundWanted.value = event.currentTarget.checked;
          }}
        />
        {t('On this screen: a sound while an alarm fires, in kiosk mode')}
      </label>
    </section>
  );
}
