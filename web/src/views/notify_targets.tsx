// Who is told of alarms, how that goes, and a test for each. Only for who looks after the device.
import { useSignal } from '@preact/signals';
import { Refused } from '../api/http.ts';
import { fetchTargets, type Target, testTarget } from '../api/rules.ts';
import { t, tn } from '../logic/texts.ts';
import { dateTimeLabel } from '../logic/time_label.ts';
import { usePoll } from './poll.ts';

const EVERY_MS = 5_000;

export function NotifyTargets() {
  const targets = useSignal<readonly Target[]>([]);
  usePoll(EVERY_MS, async () => {
    targets.value = await fetchTargets().catch(() => []);
  });
  if (targets.value.length === 0) return null;
  return (
    <section class="notify-targets">
      <h2 class="page-title">{t('Who is told')}</h2>
      <ul class="alarms">
        {targets.value.map((target) => (
          <TargetRow key={target.id} target={target} />
        ))}
      </ul>
    </section>
  );
}

function TargetRow({ target }: { readonly target: Target }) {
  const says = useSignal('');
  const busy = useSignal(false);
  const test = async () => {
    busy.value = true;
    says.value = '';
    try {
      const problem = await testTarget(target.id);
      says.value = problem === '' ? t('The test was taken.') : problem;
    } catch (error) {
      says.value = error instanceof Refused ? error.message : t('The device does not answer.');
    }
    busy.value = false;
  };
  return (
    <li class="card notify-target" data-target={target.id}>
      <div class="alarm-head">
        <strong>{target.id}</strong>
        <span class="alarm-label">{target.way}</span>
        <button type="button" class="button alarm-state" disabled={busy.value} onClick={() => void test()}>
          {t('Test')}
        </button>
      </div>
      <p class="alarm-facts">
        {target.told !== null && <span>{t('told {time}', { time: dateTimeLabel(target.told) })}</span>}
        {target.waiting > 0 && <span>{tn('{n} waits', '{n} wait', target.waiting)}</span>}
        {target.dropped > 0 && <span>{tn('{n} was dropped', '{n} were dropped', target.dropped)}</span>}
        {target.problem !== '' && <span class="alarm-problem">{target.problem}</span>}
        <span role="status">{says}</span>
      </p>
    </li>
  );
}
