// A series over any span: its chart, or the list of its events.
import { useEffect, useLayoutEffect, useMemo } from 'preact/hooks';
import { ExploreState } from '../app/explore_state.ts';
import type { Route } from '../logic/route.ts';
import { ChartPanel } from './chart_panel.tsx';
import { useApp, useKey } from './context.ts';
import { EventList } from './event_list.tsx';
import { RangeBar } from './range_bar.tsx';
import './explore.css';

type ExploreRoute = Extract<Route, { page: 'explore' }>;

export function Explore({ route }: { readonly route: ExploreRoute }) {
  const app = useApp();
  const state = useMemo(
    () =>
      new ExploreState(
        route.range,
        () => app.clock.now(),
        (range) => app.router.amend({ ...route, range }),
      ),
    [],
  );
  useEffect(() => () => state.end(), [state]);
  useLayoutEffect(() => app.router.restoreScroll(), []);
  useKey('Escape', () => app.router.back());
  useKey('l', () => state.live());
  useKey('ArrowLeft', () => state.pan(-0.1));
  useKey('ArrowRight', () => state.pan(0.1));
  useKey('+', () => state.zoom(0.5, 0.5));
  useKey('-', () => state.zoom(2, 0.5));
  useKey('Backspace', () => state.back());
  return (
    <section class="explore">
      <div class="explore-bar">
        <button
          type="button"
          class="button explore-back"
          title="Back ( Esc )"
          onClick={() => app.router.back()}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M15 5l-7 7 7 7" />
          </svg>
          Back
        </button>
        <RangeBar state={state} />
      </div>
      {app.loaded.value &&
        route.series.map((key) => <ExploreSeries key={key} seriesKey={key} state={state} />)}
    </section>
  );
}

function ExploreSeries({ seriesKey, state }: { readonly seriesKey: string; readonly state: ExploreState }) {
  const app = useApp();
  const entry = app.entry(seriesKey);
  if (entry === undefined) {
    return (
      <div class="explore-missing">
        <h1 class="page-title">{seriesKey}</h1>
        <p class="muted">
          The device has no series of this name. It appears here by itself when it is measured.
        </p>
      </div>
    );
  }
  return entry.info.kind === 'event' ? (
    <EventList entry={entry} state={state} />
  ) : (
    <ChartPanel entry={entry} state={state} />
  );
}
