// "Alarm on this…": makes a rule of a chart. What is filled in is checked by the device as it is typed, tried against
// the last 30 days, and saved into telltale.yaml, whose comments and order stay. Loaded when it is used.
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { fetchAlarms } from '../api/alarms.ts';
import { type ConfigText, fetchConfig, putConfig } from '../api/config.ts';
import type { Note } from '../api/dashboards.ts';
import { fetchQuery, Refused } from '../api/http.ts';
import { fetchTargets, type Target, type Trial, tryRule } from '../api/rules.ts';
import { lineLabels } from '../logic/line_label.ts';
import { toHistory } from '../logic/query_columns.ts';
import {
  clearFor,
  mistakesOf,
  type RuleDraft,
  roundedFor,
  ruleLines,
  ruleName,
  typedNumber,
} from '../logic/rule_draft.ts';
import { parseSeriesKey } from '../logic/series_key.ts';
import { mark, t, tn } from '../logic/texts.ts';
import { type PastColumns, scaleOf } from '../logic/threshold_scale.ts';
import { dateTimeLabel } from '../logic/time_label.ts';
import { type Added, appendToList } from '../logic/yaml_list.ts';
import { AlarmFields } from './alarm_fields.tsx';
import { useApp } from './context.ts';
import { Dialog } from './dialog.tsx';
import { ThresholdPicture } from './threshold_picture.tsx';

const DAYS = 30;
const POINTS = 300;
const TRY_AFTER_MS = 500;
const NOTHING: PastColumns = { times: [], mins: [], maxs: [] };

const wordsOf = (error: unknown) =>
  error instanceof Refused ? error.message : t('The device did not answer.');

interface Props {
  readonly keys: readonly string[];
  readonly close: () => void;
}

function usePast(series: string) {
  const app = useApp();
  const to = useMemo(() => Math.ceil(app.clock.now()), []);
  const from = to - DAYS * 86_400_000;
  const past = useSignal<PastColumns>(NOTHING);
  useEffect(() => {
    past.value = NOTHING;
    const abort = new AbortController();
    fetchQuery({ series, from, to, points: POINTS }, abort.signal).then(
      (answer) => {
        const one = answer.series.find(({ key }) => key === series);
        if (one === undefined) return;
        const { times, means, mins, maxs } = toHistory(answer, one, null);
        past.value = { times, mins: (mins ?? means) as number[], maxs: (maxs ?? means) as number[] };
      },
      // Then there is no picture, and what is typed is tried all the same.
      () => {},
    );
    return () => abort.abort();
  }, [series]);
  return { past, from, to };
}

function emptyDraft(series: string, latest: number | undefined): RuleDraft {
  const threshold = latest === undefined ? '' : roundedFor(latest * 1.1, Math.abs(latest));
  return {
    name: ruleName(series, 'above', []),
    series,
    all: false,
    way: 'above',
    threshold,
    clear: threshold === '' ? '' : clearFor('above', Number(threshold), 0),
    hold: '30s',
    severity: 'warning',
    notify: null,
    message: '',
  };
}

/** What the device says of it: its mistakes, and when it would have fired. */
interface Verdict {
  readonly notes: readonly Note[];
  readonly trial: Trial | null;
  readonly problem: string;
  readonly busy: boolean;
}
const NO_VERDICT: Verdict = { notes: [], trial: null, problem: '', busy: false };

export function AlarmForm({ keys, close }: Props) {
  const app = useApp();
  const known = keys.filter((key) => ['gauge', 'counter'].includes(app.entry(key)?.info.kind ?? ''));
  const first = known[0] ?? keys[0]!;
  const latest = app.entry(first)?.value;
  const draft = useSignal<RuleDraft>(emptyDraft(first, typeof latest === 'number' ? latest : undefined));
  const file = useSignal<ConfigText | null>(null);
  const targets = useSignal<readonly Target[]>([]);
  const says = useSignal('');
  const verdict = useSignal<Verdict>(NO_VERDICT);
  const saved = useSignal<{ readonly before: string; readonly etag: string } | null>(null);
  const busy = useSignal(false);
  const { past, from, to } = usePast(draft.value.series);
  const scale = useMemo(
    () => scaleOf(past.value, from, to, [typedNumber(draft.peek().threshold)]),
    [past.value, draft.value.series],
  );
  useEffect(() => {
    Promise.all([fetchConfig(), fetchAlarms(), fetchTargets()]).then(
      ([config, alarms, told]) => {
        file.value = config;
        targets.value = told;
        const taken = alarms.map(({ rule }) => rule);
        const { name, series, way } = draft.peek();
        if (taken.includes(name)) draft.value = { ...draft.peek(), name: ruleName(series, way, taken) };
      },
      (error: unknown) => {
        says.value = wordsOf(error);
      },
    );
  }, []);
  const whole = (): Added | null => {
    if (file.value === null) return null;
    const { lines, flow } = ruleLines(draft.value);
    return appendToList(file.value.text, 'rules', lines, flow);
  };
  const mistakes = mistakesOf(draft.value);
  const sound = Object.keys(mistakes).length === 0;
  useSignalEffect(() => {
    const name = draft.value.name.trim();
    const added = Object.keys(mistakesOf(draft.value)).length === 0 ? whole() : null;
    verdict.value = { ...NO_VERDICT, busy: added !== null };
    if (added === null || saved.peek() !== null) return;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      tryRule(name, added.text, `now-${DAYS}d`, abort.signal).then(
        (answer) => {
          verdict.value =
            'fired' in answer
              ? { ...NO_VERDICT, trial: answer }
              : {
                  ...NO_VERDICT,
                  notes: answer.map((note) => ({ ...note, line: note.line - added.line + 1 })),
                };
        },
        (error: unknown) => {
          if (!abort.signal.aborted) verdict.value = { ...NO_VERDICT, problem: wordsOf(error) };
        },
      );
    }, TRY_AFTER_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  });
  const put = async (text: string, etag: string): Promise<string | null> => {
    busy.value = true;
    try {
      const answer = await putConfig(text, etag, false);
      if (answer.is === 'good') return answer.etag;
      says.value = answer.detail !== '' ? answer.detail : answer.notes.map(({ reason }) => reason).join('; ');
    } catch (error) {
      says.value = wordsOf(error);
    } finally {
      busy.value = false;
    }
    return null;
  };
  const save = async () => {
    const added = whole();
    if (added === null || file.value === null) return;
    says.value = '';
    const etag = await put(added.text, file.value.etag);
    if (etag !== null) saved.value = { before: file.value.text, etag };
  };
  const undo = async () => {
    if (saved.value === null || file.value === null) return;
    const { before } = saved.value;
    const etag = await put(before, saved.value.etag);
    if (etag === null) return;
    file.value = { text: before, etag };
    saved.value = null;
    says.value = t('The rule was taken back.');
  };
  const drop = (value: number) => {
    const { way } = draft.value;
    const span = scale.high - scale.low;
    const threshold = roundedFor(value, span);
    draft.value = { ...draft.value, threshold, clear: clearFor(way, Number(threshold), span) };
  };
  if (saved.value !== null) {
    return (
      <Dialog label={t('Alarm on this…')} close={close} class="alarm-dialog">
        <h2 class="page-title">
          {t('The rule {name} is saved, and watched.', { name: draft.value.name.trim() })}
        </h2>
        {says.value !== '' && <p role="alert">{says}</p>}
        <div class="alarm-form-ends">
          <button type="button" class="button" disabled={busy.value} onClick={() => void undo()}>
            {t('Undo')}
          </button>
          <button
            type="button"
            class="button button-main"
            onClick={() => {
              close();
              app.router.go({ page: 'alarms' });
            }}
          >
            {t('To the alarms')}
          </button>
        </div>
      </Dialog>
    );
  }
  const labels = lineLabels(known.map((key) => app.entry(key)!.info));
  return (
    <Dialog label={t('Alarm on this…')} close={close} class="alarm-dialog">
      <h2 class="page-title">{t('Alarm on this…')}</h2>
      <ThresholdPicture
        past={past.value}
        scale={scale}
        threshold={typedNumber(draft.value.threshold)}
        clear={typedNumber(draft.value.clear)}
        way={draft.value.way}
        firings={verdict.value.trial?.firings ?? []}
        onThreshold={drop}
      />
      <p class="alarm-verdict" role="status" data-fired={verdict.value.trial?.fired ?? ''}>
        {verdictText(verdict.value)}
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <AlarmFields
          draft={draft.value}
          mistakes={mistakes}
          unit={app.entry(draft.value.series)?.info.unit ?? ''}
          choices={known.map((key, i) => [key, labels[i]!] as const)}
          labelled={parseSeriesKey(draft.value.series).labels.length > 0}
          targets={targets.value}
          onChange={(change) => {
            draft.value = { ...draft.value, ...change };
          }}
        />
        {verdict.value.notes.map(({ line, reason }) => (
          <p key={`${line}${reason}`} class="alarm-problem">
            {reason}
          </p>
        ))}
        {file.value !== null && sound && whole() === null && (
          <p class="alarm-problem">
            {t(
              'The list “rules:” is written in a way that this form cannot add to: add these lines yourself.',
            )}
          </p>
        )}
        <details class="alarm-yaml">
          <summary>{t('What will be written into telltale.yaml')}</summary>
          <pre>{sound ? ruleLines(draft.value).lines.join('\n') : ''}</pre>
        </details>
        <div class="alarm-form-ends">
          <span class="alarm-says" role="alert">
            {says}
          </span>
          <button type="button" class="button" onClick={close}>
            {t('Cancel')}
          </button>
          <button
            type="submit"
            class="button button-main"
            disabled={!sound || busy.value || whole() === null || verdict.value.notes.length > 0}
          >
            {t('Save the rule')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

const NEVER = mark('In the last 30 days it would not have fired.');

function verdictText({ trial, problem, busy }: Verdict): string {
  if (problem !== '') return problem;
  if (trial === null) return busy ? t('It is tried against the last 30 days …') : '';
  const last = trial.firings.at(-1);
  const until = trial.complete ? '' : ` ${t('Tried until {time}.', { time: dateTimeLabel(trial.to) })}`;
  if (last === undefined) return t(NEVER) + until;
  return (
    tn(
      'In the last 30 days it would have fired once: {time}.',
      'In the last 30 days it would have fired {n} times, the last time {time}.',
      trial.fired,
      { time: dateTimeLabel(last.fired) },
    ) + until
  );
}
