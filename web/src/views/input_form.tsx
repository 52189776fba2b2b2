// Adds an input: a plugin is chosen, its options are filled into a form that its own table makes, the device checks what
// comes of it as it is typed, and the YAML that will stand in telltale.yaml is seen all the while. Loaded when it is used.
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { fetchConfig, putConfig } from '../api/config.ts';
import type { Note } from '../api/dashboards.ts';
import type { Fields } from '../api/guard.ts';
import { fetchInputs, Refused } from '../api/http.ts';
import { fetchPlugin, fetchPlugins, type PluginFacts, type PluginTable } from '../api/plugins.ts';
import { cleaned, freeId, inputLines, isInputId } from '../logic/option_form.ts';
import { t } from '../logic/texts.ts';
import { type Added, appendToList } from '../logic/yaml_list.ts';
import { flowYaml } from '../logic/yaml_text.ts';
import { useApp, useKey } from './context.ts';
import { OptionFields } from './option_fields.tsx';
import { ProbePanel } from './probe_panel.tsx';
import { YamlEditor } from './yaml_editor.tsx';

const CHECK_AFTER_MS = 400;

const wordsOf = (error: unknown) =>
  error instanceof Refused ? error.message : t('The device did not answer.');

export function InputForm() {
  const app = useApp();
  const plugins = useSignal<readonly PluginFacts[] | null>(null);
  const plugin = useSignal<PluginTable | null>(null);
  const problem = useSignal('');
  useLayoutEffect(() => app.router.restoreScroll(), []);
  useKey('Escape', () => app.router.back());
  useEffect(() => {
    fetchPlugins().then(
      (found) => {
        plugins.value = found;
      },
      (error: unknown) => {
        problem.value = wordsOf(error);
      },
    );
  }, []);
  const choose = (name: string) => {
    fetchPlugin(name).then(
      (found) => {
        plugin.value = found;
        problem.value = '';
      },
      (error: unknown) => {
        problem.value = wordsOf(error);
      },
    );
  };
  return (
    <section class="input-form">
      <h1 class="page-title">{t('Add an input')}</h1>
      {problem.value !== '' && (
        <p class="input-mistake" role="alert">
          {problem}
        </p>
      )}
      <div class="input-plugins" role="radiogroup" aria-label={t('Plugin')}>
        {plugins.value
          ?.filter(({ error }) => error === '')
          .map(({ name, summary }) => (
            <label key={name} class="input-plugin card">
              <input
                type="radio"
                name="plugin"
                checked={plugin.value?.name === name}
                onChange={() => choose(name)}
              />
              <span>
                <strong>{name}</strong>
                <span class="muted">{summary}</span>
              </span>
            </label>
          ))}
      </div>
      {plugin.value !== null && <PluginInput key={plugin.value.name} plugin={plugin.value} />}
    </section>
  );
}

function PluginInput({ plugin }: { readonly plugin: PluginTable }) {
  const app = useApp();
  const id = useSignal('');
  const values = useSignal<Fields>({});
  /** What stands there instead of what the form says: a finding's options, or what was typed. */
  const own = useSignal<string | null>(null);
  const file = useSignal<{ readonly text: string; readonly etag: string } | null>(null);
  const notes = useSignal<readonly Note[]>([]);
  const good = useSignal(false);
  const says = useSignal('');
  useEffect(() => {
    Promise.all([fetchConfig(), fetchInputs()]).then(
      ([config, inputs]) => {
        file.value = config;
        // What somebody has typed meanwhile stays.
        if (id.value === '')
          id.value = freeId(
            plugin.name,
            inputs.map((input) => input.id),
          );
      },
      (error: unknown) => {
        says.value = wordsOf(error);
      },
    );
  }, []);
  const text = () => own.value ?? inputLines(id.value, plugin.name, cleaned(values.value)).join('\n');
  const whole = (): Added | null => {
    if (file.value === null) return null;
    const lines = text().replace(/\n+$/, '').split('\n');
    const flow = flowYaml({ id: id.value, plugin: plugin.name, options: cleaned(values.value) });
    return appendToList(file.value.text, 'inputs', lines, flow);
  };
  useSignalEffect(() => {
    const added = whole();
    good.value = false;
    if (added === null || !isInputId(id.value)) return;
    const timer = setTimeout(() => {
      putConfig(added.text, '', true).then(
        (answer) => {
          if (whole()?.text !== added.text) return;
          // Its places are those of the whole file; here, those of the new part.
          notes.value = answer.notes.map((note) => ({ ...note, line: note.line - added.line + 1 }));
          good.value = answer.is === 'good';
        },
        (error: unknown) => {
          says.value = wordsOf(error);
        },
      );
    }, CHECK_AFTER_MS);
    return () => clearTimeout(timer);
  });
  const save = async () => {
    const added = whole();
    if (added === null || file.value === null) return;
    try {
      const answer = await putConfig(added.text, file.value.etag, false);
      if (answer.is === 'good') {
        app.router.go({ page: 'inputs' });
        app.say(t('{name} was added.', { name: id.value }));
      } else says.value = answer.detail;
    } catch (error) {
      says.value = wordsOf(error);
    }
  };
  const unclear = file.value !== null && whole() === null;
  return (
    <>
      {plugin.canProbe && (
        <ProbePanel
          plugin={plugin}
          onUse={(options) => {
            own.value = inputLines(id.value, plugin.name, options).join('\n');
          }}
        />
      )}
      <div class="input-columns">
        <section class="card input-options">
          <h2 class="page-title">{plugin.name}</h2>
          <div class="option-field">
            <label class="option-name" for="input-id">
              id
            </label>
            <input
              id="input-id"
              type="text"
              autocomplete="off"
              spellcheck={false}
              maxLength={64}
              value={id.value}
              aria-invalid={!isInputId(id.value)}
              onInput={(event) => {
                id.value = event.currentTarget.value;
                own.value = null;
              }}
            />
            <span class="option-help muted">{t('What it is called here: letters, digits, - and _.')}</span>
          </div>
          <OptionFields
            table={plugin.options}
            values={values.value}
            onChange={(next) => {
              values.value = next;
              own.value = null;
            }}
          />
        </section>
        <section class="input-yaml">
          <h2 class="muted">{t('What will be written into telltale.yaml')}</h2>
          <YamlEditor
            label={t('What will be written into telltale.yaml')}
            text={text()}
            notes={notes.value}
            onText={(next) => {
              own.value = next;
            }}
          />
          {unclear && (
            <p class="input-mistake">
              {t(
                'The list “inputs:” is written in a way that this form cannot add to: add these lines yourself.',
              )}
            </p>
          )}
          <div class="input-save">
            <span role="status" class={good.value ? 'input-good' : 'muted'}>
              {says.value !== '' ? says : good.value ? t('The device says: no mistakes.') : ''}
            </span>
            <button
              type="button"
              class="button button-main"
              disabled={!good.value}
              onClick={() => void save()}
            >
              {t('Save and start')}
            </button>
          </div>
        </section>
      </div>
    </>
  );
}
