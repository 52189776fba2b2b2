// One dashboard: its choices, tabs, sections and panels, over one span and with one crosshair.

import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import { DashboardWatch } from '../../app/dashboard_watch.ts';
import { ExploreState } from '../../app/explore_state.ts';
import type { DashboardDoc } from '../../logic/dashboard_doc.ts';
import {
  ALL,
  expandDashboard,
  type ShownSection,
  tabsOf,
  variableChoices,
  variableValues,
} from '../../logic/dashboard_expand.ts';
import { layOut } from '../../logic/panel_layout.ts';
import type { Route } from '../../logic/route.ts';
import { t } from '../../logic/texts.ts';
import { DEFAULT_RANGE } from '../../logic/time_range.ts';
import { useApp, useKey } from '../context.ts';
import { Lazy } from '../lazy.tsx';
import { RangeBar } from '../range_bar.tsx';
import { useRangeClipboard } from '../range_clipboard.ts';
import { useTimeKeys } from '../time_keys.ts';
import { PanelFrame } from './panel_body.tsx';

const loadEditor = async () => (await import('./editor.tsx')).DashboardEditor;

export type DashboardRoute = Extract<Route, { page: 'dashboard' }>;

export function DashboardPage({ route }: { readonly route: DashboardRoute }) {
  const app = useApp();
  const watch = useMemo(() => new DashboardWatch(route.name), [route.name]);
  useEffect(() => () => watch.end(), [watch]);
  useLayoutEffect(() => app.router.restoreScroll(), []);
  const loaded = watch.dashboard.value;
  const editing = useSignal(false);
  const done = () => {
    editing.value = false;
    watch.hurry();
  };
  const state = useMemo(
    () =>
      new ExploreState(
        route.range ?? DEFAULT_RANGE,
        () => app.clock.now(),
        (range) => {
          const now = app.router.route.peek();
          if (now.page === 'dashboard') app.router.amend({ ...now, range });
        },
        route.compare,
      ),
    [],
  );
  useEffect(() => () => state.end(), [state]);
  useKey('Escape', () => {
    if (!state.clear()) app.router.back();
  });
  const given = useMemo(
    () => ({ name: route.name, loaded: watch.dashboard.peek(), state, onDone: done }),
    [editing.value],
  );
  if (editing.value) return <Lazy load={loadEditor} given={given} />;
  const edit = () => {
    editing.value = true;
  };
  if (watch.missing.value) return <Missing name={route.name} edit={edit} />;
  return (
    <section class="dashboard">
      {watch.problem.value !== '' && <p class="panel-note">{watch.problem}</p>}
      {watch.report.value !== '' && (
        <div class="dashboard-report card" role="alert">
          <p>
            {loaded === null
              ? t('The file has mistakes. It is read again as soon as it is saved.')
              : t(
                  'The file has mistakes; below is how it was before. It is read again as soon as it is saved.',
                )}
          </p>
          <pre>{watch.report}</pre>
        </div>
      )}
      {loaded !== null && app.loaded.value && (
        <Shown
          doc={loaded.doc}
          title={loaded.title}
          route={route}
          state={state}
          edit={loaded.writable ? edit : null}
        />
      )}
    </section>
  );
}

function Missing({ name, edit }: { readonly name: string; readonly edit: () => void }) {
  return (
    <section class="dashboard-missing">
      <h1 class="page-title">{name}</h1>
      <p class="muted">
        {t(
          'There is no dashboard of this name. It appears here by itself when {file} is saved beside telltale.yaml.',
          { file: `dashboards/${name}.yaml` },
        )}
      </p>
      <div>
        <button type="button" class="button" onClick={edit}>
          {t('Make it here')}
        </button>
      </div>
    </section>
  );
}

interface ShownProps {
  readonly doc: DashboardDoc;
  readonly title: string;
  readonly route: DashboardRoute;
  readonly state: ExploreState;
  /** Null: it cannot be changed here. */
  readonly edit: (() => void) | null;
}

function Shown({ doc, title, route, state, edit }: ShownProps) {
  const app = useApp();
  // What the dashboard says about its span holds until the address says something else.
  useMemo(() => {
    if (route.range === null && doc.spanMs !== null) state.begin(doc.spanMs);
  }, []);
  useTimeKeys(state);
  useRangeClipboard(state);
  const series = app.catalogue();
  const values = variableValues(doc, route.values);
  const sections = useMemo(
    () => expandDashboard(doc, series, values),
    [doc, series.length, series, JSON.stringify(values)],
  );
  const tabs = tabsOf(sections);
  const tab = tabs.includes(route.tab) ? route.tab : (tabs[0] ?? '');
  const amend = (change: Partial<DashboardRoute>) => {
    const now = app.router.route.peek();
    if (now.page === 'dashboard') app.router.amend({ ...now, ...change });
  };
  return (
    <>
      <div class="dashboard-bar">
        <h1 class="page-title">{title}</h1>
        {doc.variables.map((variable) => (
          <label key={variable.name} class="dashboard-choice">
            <span class="muted">{variable.title}</span>
            <select
              value={values[variable.name]}
              onChange={(event) => {
                amend({ values: { ...route.values, [variable.name]: event.currentTarget.value } });
              }}
            >
              {variable.label !== '' && <option value={ALL}>{t('All')}</option>}
              {variableChoices(variable, series).map((choice) => (
                <option key={choice} value={choice}>
                  {choice}
                </option>
              ))}
            </select>
          </label>
        ))}
        {edit !== null && (
          <button type="button" class="button" onClick={edit}>
            {t('Edit')}
          </button>
        )}
        <RangeBar state={state} onCompare={(compare) => amend({ compare })} />
      </div>
      {doc.description !== '' && <p class="muted dashboard-description">{doc.description}</p>}
      {tabs.length > 0 && (
        <div class="dashboard-tabs" role="tablist">
          {tabs.map((name) => (
            <button
              key={name}
              type="button"
              role="tab"
              aria-selected={name === tab}
              onClick={() => amend({ tab: name })}
            >
              {name}
            </button>
          ))}
        </div>
      )}
      {sections
        .filter((section) => section.tab === '' || section.tab === tab)
        .map((section) => (
          <SectionView key={section.id} section={section} state={state} />
        ))}
    </>
  );
}

function SectionView({ section, state }: { readonly section: ShownSection; readonly state: ExploreState }) {
  const folded = useSignal(section.folded);
  const places = layOut(
    section.panels.map(({ panel, kind, y }) => ({
      kind,
      place: panel.repeat === '' ? panel.place : null,
      width: panel.width,
      height: panel.height,
      series: y.length,
    })),
  );
  return (
    <section class="dashboard-section">
      {section.title !== '' && (
        <h2>
          <button
            type="button"
            class="dashboard-fold"
            aria-expanded={!folded.value}
            onClick={() => {
              folded.value = !folded.value;
            }}
          >
            {section.title}
          </button>
        </h2>
      )}
      {!folded.value && (
        <div class="dashboard-grid">
          {section.panels.map((shown, i) => {
            const { x, y, w, h } = places[i]!;
            return (
              <div
                key={shown.id}
                class="dashboard-cell"
                data-small={w <= 3}
                style={{
                  '--x': String(x + 1),
                  '--y': String(y + 1),
                  '--w': String(w),
                  '--h': String(h),
                }}
              >
                <PanelFrame shown={shown} state={state} />
              </div>
            );
          })}
        </div>
      )}
    </section>
  );
}
