// A series over any span: its chart, or the list of its events.

import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import { ExploreState } from '../app/explore_state.ts';
import { BACKGROUNDS_UP_TO } from '../logic/chart_spec.ts';
import { parseOverlay } from '../logic/overlay.ts';
import type { Route } from '../logic/route.ts';
import { t } from '../logic/texts.ts';
import { ChartPanel } from './chart_panel.tsx';
import { useApp, useKey } from './context.ts';
import { EventList } from './event_list.tsx';
import { ExploreTools } from './explore_tools.tsx';
import { RangeBar } from './range_bar.tsx';
import { useRangeClipboard } from './range_clipboard.ts';
import { SeriesPicker } from './series_picker.tsx';
import { useTimeKeys } from './time_keys.ts';
import './explore.css';

type ExploreRoute = Extract<Route, { page: 'explore' }>;

export function Explore({ route }: { readonly route: ExploreRoute }) {
  const app = useApp();
  const state = useMemo(
    () =>
      new ExploreState(
        route.range,
        () => app.clock.now(),
        (range) => {
          const now = app.router.route.peek();
          if (now.page === 'explore') app.router.amend({ ...now, range });
        },
        route.compare,
      ),
    [],
  );
  useEffect(() => () => state.end(), [state]);
  useLayoutEffect(() => app.router.restoreScroll(), []);
  useKey('Escape', () => {
    if (!state.clear()) app.router.back();
  });
  useTimeKeys(state);
  useRangeClipboard(state);
  const amend = (change: Partial<ExploreRoute>) =>
    app.router.amend({ ...route, range: state.range.peek(), ...change });
  return (
    <section class="explore">
      <div class="explore-bar">
        <button
          type="button"
          class="button explore-back"
          title={t('Back ( Esc )')}
          onClick={() => app.router.back()}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M15 5l-7 7 7 7" />
          </svg>
          {t('Back')}
        </button>
        <RangeBar state={state} onCompare={(compare) => amend({ compare })} />
      </div>
      {app.loaded.value && <SeriesPicker chosen={route.series} onChange={(series) => amend({ series })} />}
      {app.loaded.value && route.series.length > 0 && (
        <>
          <ExploreSeries
            keys={route.series}
            overlays={route.overlays}
            bands={route.bands ?? []}
            state={state}
          />
          <ExploreTools
            state={state}
            series={route.series}
            overlays={route.overlays}
            onOverlays={(overlays) => amend({ overlays })}
            bands={route.bands ?? []}
            onBands={(bands) => amend({ bands })}
          />
        </>
      )}
    </section>
  );
}

/** Numbers share one chart, with states as its ground and events marked on it; without numbers each stands alone. */
function ExploreSeries({
  keys,
  overlays: texts,
  bands,
  state,
}: {
  readonly keys: readonly string[];
  readonly overlays: readonly string[];
  readonly bands: readonly string[];
  readonly state: ExploreState;
}) {
  const app = useApp();
  const overlays = texts.flatMap((text) => parseOverlay(text) ?? []);
  const entries = keys.map((key) => [key, app.entry(key)] as const);
  const known = entries.flatMap(([, entry]) => (entry === undefined ? [] : [entry]));
  const numbers = known.filter(({ info }) => info.kind === 'gauge' || info.kind === 'counter');
  const states = known.filter(({ info }) => info.kind === 'state');
  const grounds = states.slice(0, BACKGROUNDS_UP_TO);
  const events = known.filter(({ info }) => info.kind === 'event');
  return (
    <>
      {numbers.length > 0 && (
        <ChartPanel
          entries={numbers}
          overlays={overlays}
          bands={bands}
          state={state}
          backgrounds={grounds}
          events={events}
        />
      )}
      {states
        .filter((entry) => numbers.length === 0 || !grounds.includes(entry))
        .map((entry) => (
          <ChartPanel key={entry.info.key} entries={[entry]} overlays={[]} state={state} />
        ))}
      {known
        .filter(({ info }) => info.kind === 'event')
        .map((entry) => (
          <EventList key={entry.info.key} entry={entry} state={state} />
        ))}
      {entries
        .filter(([, entry]) => entry === undefined)
        .map(([key]) => (
          <div key={key} class="explore-missing">
            <h1 class="page-title">{key}</h1>
            <p class="muted">
              {t('The device has no series of this name. It appears here by itself when it is measured.')}
            </p>
          </div>
        ))}
    </>
  );
}
