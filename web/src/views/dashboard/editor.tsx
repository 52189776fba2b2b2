// A dashboard that is being changed: panels are dragged and resized on the grid, added, changed and taken away; or its
// text is written. Nothing is on the device before it is saved. Loaded when somebody edits.

import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { type LoadedDashboard, type Note, saveDashboard } from '../../api/dashboards.ts';
import { type Fields, fieldsOr } from '../../api/guard.ts';
import type { ExploreState } from '../../app/explore_state.ts';
import { readDashboardDoc } from '../../logic/dashboard_doc.ts';
import {
  type Document,
  type PanelPath,
  panelsOf,
  sectionIndex,
  withNewPanel,
  withoutPanel,
  withPanel,
  withPlaces,
} from '../../logic/dashboard_edit.ts';
import { expandDashboard, type ShownSection, variableValues } from '../../logic/dashboard_expand.ts';
import { t } from '../../logic/texts.ts';
import { toYaml } from '../../logic/yaml_text.ts';
import { useApp, useKey } from '../context.ts';
import { YamlEditor } from '../yaml_editor.tsx';
import { EditorGrid } from './editor_grid.tsx';
import { PanelForm } from './panel_form.tsx';

const MAX_UNDO = 100;

interface Props {
  readonly name: string;
  /** Null: a new one. */
  readonly loaded: LoadedDashboard | null;
  readonly state: ExploreState;
  readonly onDone: () => void;
}

export function DashboardEditor({ name, loaded, state, onDone }: Props) {
  const app = useApp();
  const document = useSignal<Document>(fieldsOr(loaded?.document ?? { title: name, panels: [] }));
  const past = useSignal<readonly Document[]>([]);
  /** Grows when the grid must be made anew: what it shows was not moved by hand. */
  const revision = useSignal(0);
  const text = useSignal<string | null>(null);
  const notes = useSignal<readonly Note[]>([]);
  const says = useSignal('');
  const editing = useSignal<PanelPath | null>(null);

  const change = (next: Document, rebuild: boolean) => {
    past.value = [...past.value, document.value].slice(-MAX_UNDO);
    document.value = next;
    if (rebuild) revision.value += 1;
  };
  const undo = () => {
    const before = past.value[past.value.length - 1];
    if (before === undefined) return;
    past.value = past.value.slice(0, -1);
    document.value = before;
    editing.value = null;
    revision.value += 1;
  };
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
      if (event.key.toLowerCase() !== 'z' || !(event.ctrlKey || event.metaKey) || typing) return;
      event.preventDefault();
      undo();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  useKey('Escape', (event) => {
    event.preventDefault();
    if (editing.value !== null) editing.value = null;
  });

  const series = app.catalogue();
  const sections = useMemo(() => {
    const doc = readDashboardDoc(document.value);
    // One for each, not one for each value: what repeats is changed once for all.
    const once = {
      ...doc,
      sections: doc.sections.map((section) => ({
        ...section,
        repeat: '',
        panels: section.panels.map((panel) => ({ ...panel, repeat: '' })),
      })),
    };
    return expandDashboard(once, series, variableValues(doc, {}));
  }, [document.value, series.length]);

  const save = async () => {
    const yaml = text.value ?? toYaml(document.value);
    const answer = await saveDashboard(name, yaml, loaded?.etag ?? '').catch(() => null);
    if (answer === null) says.value = t('The device did not answer; nothing is known to be saved.');
    else if (answer.is === 'saved') onDone();
    else if (answer.is === 'broken') {
      notes.value = answer.notes;
      text.value = yaml;
      says.value = t('It has mistakes; nothing was saved.');
    } else {
      says.value = `${answer.detail}${answer.is === 'conflict' ? ` ${t('What you have is kept here: copy its text before you leave.')}` : ''}`;
      if (answer.is === 'conflict') text.value = yaml;
    }
  };
  const path = (section: number, panel: number): PanelPath => [sectionIndex(document.value, section), panel];
  const add = () => {
    const section = sections.length === 0 ? -1 : sectionIndex(document.value, sections.length - 1);
    const first = series.find(({ kind }) => kind === 'gauge')?.key;
    const next = withNewPanel(document.value, section, { panel: 'lines', y: first ?? '*' });
    change(next, true);
    editing.value = [section, panelsOf(next, section).length - 1];
  };
  return (
    <div class="editor">
      <div class="editor-bar card">
        <strong>{name}</strong>
        {text.value === null && (
          <button type="button" class="button" onClick={add}>
            {t('Add panel')}
          </button>
        )}
        <button
          type="button"
          class="button"
          disabled={past.value.length === 0}
          onClick={undo}
          title={t('Undo ( Ctrl Z )')}
        >
          {t('Undo')}
        </button>
        <button
          type="button"
          class="button"
          aria-pressed={text.value !== null}
          onClick={() => {
            notes.value = [];
            text.value =
              text.value === null
                ? past.value.length === 0 && loaded !== null
                  ? loaded.yaml
                  : toYaml(document.value)
                : null;
          }}
        >
          {text.value === null ? t('As text') : t('As panels')}
        </button>
        <span class="editor-says" role="status">
          {says}
        </span>
        <button type="button" class="button" onClick={onDone}>
          {t('Discard')}
        </button>
        <button type="button" class="button button-main" onClick={() => void save()}>
          {t('Save')}
        </button>
      </div>
      {text.value !== null ? (
        <YamlEditor
          label={`${name}.yaml`}
          text={text.value}
          notes={notes.value}
          onText={(next) => {
            text.value = next;
          }}
        />
      ) : (
        sections.map((section: ShownSection, s) => (
          <section key={section.id} class="dashboard-section">
            {section.title !== '' && <h2 class="editor-section">{section.title}</h2>}
            <EditorGrid
              key={revision.value}
              section={section}
              state={state}
              onMoved={(places) => change(withPlaces(document.value, path(s, 0)[0], places), false)}
              onEdit={(panel) => {
                editing.value = path(s, panel);
              }}
              onRemove={(panel) => {
                editing.value = null;
                change(withoutPanel(document.value, path(s, panel)), true);
              }}
            />
          </section>
        ))
      )}
      {editing.value !== null && (
        <PanelForm
          key={editing.value.join()}
          fields={panelsOf(document.value, editing.value[0])[editing.value[1]] ?? {}}
          onChange={(fields: Fields) => change(withPanel(document.value, editing.value!, fields), true)}
          onClose={() => {
            editing.value = null;
          }}
        />
      )}
    </div>
  );
}
