// Where readings come from, and how each source is.

import { useSignal } from '@preact/signals';
import { useLayoutEffect, useMemo } from 'preact/hooks';
import type { InputInfo } from '../api/device.ts';
import { fetchInputs, fetchSinks, Refused } from '../api/http.ts';
import type { SinkInfo } from '../api/sinks.ts';
import { Rates } from '../logic/rates.ts';
import { t } from '../logic/texts.ts';
import { useApp } from './context.ts';
import { InputCard } from './input_card.tsx';
import { Link } from './link.tsx';
import { usePoll } from './poll.ts';
import { SinkTable } from './sink_table.tsx';
import './inputs.css';

const EVERY_MS = 2_000;

export function Inputs() {
  const app = useApp();
  const inputs = useSignal<readonly InputInfo[] | null>(null);
  const sinks = useSignal<readonly SinkInfo[]>([]);
  const problem = useSignal('');
  const rates = useMemo(() => new Rates(), []);
  useLayoutEffect(() => app.router.restoreScroll(), []);
  usePoll(EVERY_MS, async () => {
    try {
      const list = await fetchInputs();
      rates.observe(new Map(list.map((input) => [input.id, input.readings])), performance.now());
      inputs.value = list;
      sinks.value = await fetchSinks();
      problem.value = '';
    } catch (error) {
      problem.value =
        error instanceof Refused ? error.message : t('The device does not answer; this is how it was last.');
    }
  });
  const list = inputs.value;
  return (
    <section class="inputs">
      <div class="inputs-bar">
        <h1 class="page-title">{t('Inputs')}</h1>
        <Link to={{ page: 'new-input' }} class="button button-main">
          {t('Add an input')}
        </Link>
      </div>
      {problem.value !== '' && <p class="inputs-problem">{problem}</p>}
      {list !== null && list.length === 0 && (
        <p class="muted">
          {t(
            'No input is configured. Add one under “inputs:” in telltale.yaml; it starts by itself after a reload.',
          )}
        </p>
      )}
      <div class="inputs-list">
        {list?.map((input) => (
          <InputCard key={input.id} input={input} rate={rates.of(input.id)} />
        ))}
      </div>
      <SinkTable sinks={sinks.value} />
    </section>
  );
}
