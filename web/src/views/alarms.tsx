// All alarms of the device.
import { useLayoutEffect } from 'preact/hooks';
import { t } from '../logic/texts.ts';
import { AlarmList } from './alarm_list.tsx';
import { useApp } from './context.ts';

export function Alarms() {
  const app = useApp();
  useLayoutEffect(() => app.router.restoreScroll(), []);
  return (
    <section class="alarms-page">
      <h1 class="page-title">{t('Alarms')}</h1>
      <AlarmList quiet={false} />
    </section>
  );
}
