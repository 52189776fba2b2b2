// The last lines of the daemon's log, newest first, as they are written.

import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { Refused } from '../api/http.ts';
import { fetchLog } from '../api/log.ts';
import { LOG_LEVELS, type LogLevel, NO_LOG, type ShownLog, withLines } from '../logic/log_lines.ts';
import { mark, t } from '../logic/texts.ts';
import { dateTimeLabel } from '../logic/time_label.ts';
import { useApp, useKey } from './context.ts';
import { copyText } from './copy.ts';
import './log_page.css';

const EVERY_MS = 2_000;
const WORDS: Readonly<Record<LogLevel, string>> = {
  error: mark('Errors'),
  warning: mark('Warnings and errors'),
  notice: mark('What matters'),
  info: mark('All but details'),
  debug: mark('Everything'),
};

export function LogPage() {
  const app = useApp();
  const level = useSignal<LogLevel>('debug');
  const filter = useSignal('');
  const log = useSignal<ShownLog>(NO_LOG);
  const problem = useSignal('');
  const copied = useSignal(false);
  useLayoutEffect(() => app.router.restoreScroll(), []);
  useKey('Escape', () => app.router.back());
  useEffect(() => {
    log.value = NO_LOG;
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = async () => {
      if (document.visibilityState === 'visible') {
        try {
          const answer = await fetchLog(level.value, log.peek().next);
          if (over) return;
          const next = withLines(log.peek(), answer);
          // Nothing new: what is shown stays as it is.
          if (next === null || next.lines !== log.peek().lines || log.peek().boot === '')
            log.value = next ?? NO_LOG;
          problem.value = '';
        } catch (error) {
          if (error instanceof Refused) problem.value = error.message;
        }
      }
      if (!over) timer = setTimeout(() => void turn(), EVERY_MS);
    };
    void turn();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [level.value]);
  const wanted = filter.value.trim().toLowerCase();
  const shown = log.value.lines.filter(({ part, text }) => `${part}: ${text}`.toLowerCase().includes(wanted));
  const newest = [...shown].reverse();
  return (
    <section class="log-page">
      <div class="log-head">
        <h1 class="page-title">{t('Log')}</h1>
        <select
          aria-label={t('How grave')}
          value={level.value}
          onChange={(event) => {
            level.value = event.currentTarget.value as LogLevel;
          }}
        >
          {[...LOG_LEVELS].reverse().map((name) => (
            <option key={name} value={name}>
              {t(WORDS[name])}
            </option>
          ))}
        </select>
        <input
          type="search"
          class="log-filter"
          placeholder={t('Filter lines')}
          aria-label={t('Filter lines')}
          value={filter.value}
          onInput={(event) => {
            filter.value = event.currentTarget.value;
          }}
        />
        <button
          type="button"
          class="button"
          onClick={() => {
            copied.value = copyText(
              shown
                .map(
                  ({ time, level: of, part, text }) =>
                    `${new Date(time).toISOString()} ${of} ${part}: ${text}`,
                )
                .join('\n'),
            );
          }}
        >
          {copied.value ? t('Copied') : t('Copy')}
        </button>
      </div>
      {problem.value !== '' && <p class="log-problem">{problem.value}</p>}
      {problem.value === '' && log.value.boot !== '' && newest.length === 0 && (
        <p class="muted">{t('No such line.')}</p>
      )}
      <ol class="log-lines card" hidden={newest.length === 0}>
        {newest.map((line) => (
          <li key={line.number} data-level={line.level}>
            <time>{dateTimeLabel(line.time)}</time>
            <span class="log-part">{line.part}</span>
            <span class="log-text">{line.text}</span>
          </li>
        ))}
      </ol>
      <p class="muted">{t('These are the last lines since the start. The system journal has the rest.')}</p>
    </section>
  );
}
