// One input: state, reason, numbers, its last words, and a way to start it again.

import { useSignal } from '@preact/signals';
import type { CrashReport, InputInfo, Refused as RefusedPayloads } from '../api/device.ts';
import { Refused, restartInput } from '../api/http.ts';
import { formatAge, formatLasting } from '../logic/freshness.ts';
import { crashSummary, deniedText, pollText, refusedAbout, refusedText } from '../logic/input_faults.ts';
import { formatFixed } from '../logic/number_format.ts';
import { formatRate } from '../logic/rates.ts';
import { mark, t } from '../logic/texts.ts';
import { useApp } from './context.ts';
import './input_card.css';

/** The supervisor's words. */
export const STATE_WORDS: Readonly<Record<string, string>> = {
  starting: mark('starting'),
  running: mark('running'),
  connecting: mark('connecting'),
  failing: mark('failing'),
  stopped: mark('stopped'),
  backoff: mark('backoff'),
  'gave up': mark('gave up'),
};

function since(at: number | null, now: number): string {
  return at === null ? '–' : formatAge(now - at);
}

function facts(input: InputInfo, rate: number | null, now: number): (readonly [string, string])[] {
  const list: (readonly [string, string])[] = [
    [t('Readings per second'), formatRate(rate)],
    [t('Readings'), formatFixed(input.readings, 0)],
    [t('Dropped'), formatFixed(input.dropped, 0)],
    [t('Restarts'), formatFixed(input.restarts, 0)],
    [t('Last reading'), since(input.lastReadingAt, now)],
    [t('Runs for'), input.startedAt === null ? '–' : formatLasting(now - input.startedAt)],
  ];
  if (input.polling !== null) list.push([t('Late'), pollText(input.polling)]);
  if (input.corrupt > 0) list.push([t('Refused'), formatFixed(input.corrupt, 0)]);
  const shown = new Set(input.refused.reasons.map(([reason]) => reason));
  for (const [name, count] of input.counters)
    if (!shown.has(name)) list.push([name.replace(/[._]/g, ' '), formatFixed(count, 0)]);
  return list;
}

function Crash({ crash, now }: { readonly crash: CrashReport; readonly now: number }) {
  return (
    <details class="input-crash" data-crash>
      <summary>
        {crashSummary(crash)}
        <span class="muted"> {since(crash.time, now)}</span>
      </summary>
      {crash.backtrace.length > 0 && <pre>{crash.backtrace.join('\n')}</pre>}
      {crash.lastLines.length > 0 && (
        <>
          <p class="muted">{t('Its last lines')}</p>
          <pre>{crash.lastLines.join('\n')}</pre>
        </>
      )}
    </details>
  );
}

/** A payload is what a stranger sent: it is shown as text, never as markup. */
function RefusedList({ refused, now }: { readonly refused: RefusedPayloads; readonly now: number }) {
  const last = refused.last;
  return (
    <details class="input-refused" data-refused>
      <summary>
        {refusedText(refused)}
        {last !== null && <span class="muted"> {since(last.time, now)}</span>}
      </summary>
      {last !== null && (
        <>
          <p class="muted" data-refused-about>
            {t('The last one:')} {refusedAbout(last)}
          </p>
          <pre data-refused-payload>{last.payload === '' ? t('(empty)') : last.payload}</pre>
        </>
      )}
    </details>
  );
}

export function InputCard({ input, rate }: { readonly input: InputInfo; readonly rate: number | null }) {
  const app = useApp();
  const now = app.clock.now();
  const answer = useSignal('');
  const restart = async () => {
    answer.value = '';
    try {
      await restartInput(input.id);
      answer.value = t('Restarting.');
    } catch (error) {
      answer.value = error instanceof Refused ? error.message : t('The device did not answer.');
    }
  };
  const about = [input.plugin, input.version, input.isolation === 'none' ? t('in the daemon') : ''];
  return (
    <article class="input-card card" data-input={input.id} data-state={input.state}>
      <header class="input-head">
        <h2 class="page-title">{input.id}</h2>
        <span class="input-state">{t(STATE_WORDS[input.state] ?? input.state)}</span>
        <span class="muted input-about">{about.filter(Boolean).join(' · ')}</span>
        <button type="button" class="button" onClick={() => void restart()}>
          {t('Restart')}
        </button>
      </header>
      {input.reason !== '' && <p class="input-reason">{input.reason}</p>}
      {input.updateAvailable && (
        <p class="input-update">{t('Its plugin has changed: a restart takes the new one.')}</p>
      )}
      {input.denied.length > 0 && (
        <p class="input-denied">
          <span class="muted">{t('Refused by isolation')}</span> {deniedText(input.denied)}
        </p>
      )}
      {input.retryAt !== null && (input.state === 'backoff' || input.state === 'gave up') && (
        <p class="muted">
          {t('Starts again in {time}.', { time: formatLasting(Math.max(0, input.retryAt - now)) })}
        </p>
      )}
      {input.refused.count > 0 && <RefusedList refused={input.refused} now={now} />}
      {input.crash !== null && <Crash crash={input.crash} now={now} />}
      {input.lastError !== '' && input.crash === null && (
        <p class="input-error">
          <span class="muted">
            {t('Last error')}
            {input.lastErrorAt === null ? '' : `, ${since(input.lastErrorAt, now)}`}
          </span>
          {input.lastError}
        </p>
      )}
      {answer.value !== '' && <p class="input-reason">{answer}</p>}
      <dl class="input-facts">
        {facts(input, rate, now).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {input.lastLines.length > 0 && (
        <details class="input-log">
          <summary>{t('Last log lines')}</summary>
          <pre>{input.lastLines.join('\n')}</pre>
        </details>
      )}
    </article>
  );
}
