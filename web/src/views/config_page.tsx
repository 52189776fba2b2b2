// The configuration as it stands, checked by the device while it is typed, saved when it has no mistakes and nobody
// else has saved in between.

import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { fetchConfig, putConfig } from '../api/config.ts';
import type { Note } from '../api/dashboards.ts';
import { Refused } from '../api/http.ts';
import { t } from '../logic/texts.ts';
import { useApp } from './context.ts';
import { YamlEditor } from './yaml_editor.tsx';

const CHECK_AFTER_MS = 400;

export function ConfigPage() {
  const app = useApp();
  const saved = useSignal<string | null>(null);
  const text = useSignal('');
  const etag = useSignal('');
  const notes = useSignal<readonly Note[]>([]);
  const good = useSignal(false);
  const says = useSignal('');
  useLayoutEffect(() => app.router.restoreScroll(), []);
  const read = async () => {
    try {
      const file = await fetchConfig();
      saved.value = file.text;
      text.value = file.text;
      etag.value = file.etag;
      notes.value = [];
      says.value = '';
    } catch (error) {
      says.value = error instanceof Refused ? error.message : t('The device did not answer.');
    }
  };
  useEffect(() => void read(), []);
  useSignalEffect(() => {
    const now = text.value;
    good.value = false;
    if (saved.value === null || now === saved.value) return;
    const timer = setTimeout(() => {
      void putConfig(now, '', true).then(
        (answer) => {
          if (text.peek() !== now) return;
          notes.value = answer.notes;
          good.value = answer.is === 'good';
        },
        () => undefined,
      );
    }, CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  });
  const save = async () => {
    try {
      const answer = await putConfig(text.value, etag.value, false);
      notes.value = answer.notes;
      if (answer.is === 'conflict') says.value = answer.detail;
      if (answer.is !== 'good') return;
      saved.value = text.value;
      etag.value = answer.etag;
      says.value = [
        t('Saved.'),
        answer.restartNeeded ? t('A part of it is taken over at the next start.') : '',
        answer.detail === '' ? '' : t('What stood there before is {file}.', { file: answer.detail }),
      ].join(' ');
    } catch (error) {
      says.value =
        error instanceof Refused
          ? error.message
          : t('The device did not answer; nothing is known to be saved.');
    }
  };
  const changed = saved.value !== null && text.value !== saved.value;
  return (
    <section class="config">
      <div class="config-bar">
        <h1 class="page-title">{t('Configuration')}</h1>
        {changed && (
          <button type="button" class="button" onClick={() => void read()}>
            {t('Read again')}
          </button>
        )}
        <button
          type="button"
          class="button button-main"
          disabled={!changed || !good.value}
          onClick={() => void save()}
        >
          {t('Save')}
        </button>
      </div>
      {says.value !== '' && (
        <p class="muted" role="status">
          {says}
        </p>
      )}
      {saved.value !== null && (
        <YamlEditor
          label="telltale.yaml"
          text={text.value}
          notes={notes.value}
          onText={(next) => {
            text.value = next;
          }}
        />
      )}
    </section>
  );
}
