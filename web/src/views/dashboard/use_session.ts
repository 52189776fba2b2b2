// The past and the live edge of a panel's series, for panels that draw for themselves.
import { type Signal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ChartSession, type SessionLine } from '../../app/chart_session.ts';
import type { ExploreState } from '../../app/explore_state.ts';
import type { SeriesEntry } from '../../logic/series_store.ts';
import { boundsOf, type TimeRange } from '../../logic/time_range.ts';
import { useApp } from '../context.ts';

const SLOW_MS = 250;

export interface Past {
  /** Grows when there is something new to draw, at most four times a second. */
  readonly version: Signal<number>;
  readonly lines: () => readonly SessionLine[];
  readonly bounds: () => { readonly from: number; readonly to: number };
}

/** `spanMs`: its own span, which follows now; else what the page shows. */
export function usePast(
  entries: readonly SeriesEntry[],
  state: ExploreState,
  spanMs: number | null,
  points: number,
): Past {
  const app = useApp();
  const version = useSignal(0);
  const session = useRef<ChartSession | null>(null);
  const range = (): TimeRange => (spanMs === null ? state.range.peek() : { kind: 'live', spanMs });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        version.value += 1;
      }, SLOW_MS);
    };
    const made = new ChartSession(app, entries, range(), soon, { points });
    session.current = made;
    return () => {
      clearTimeout(timer);
      session.current = null;
      made.end();
    };
  }, [entries, spanMs, points]);
  useSignalEffect(() => {
    state.range.value;
    session.current?.show(range(), points);
    version.value = version.peek() + 1;
  });
  useSignalEffect(() => {
    app.second.value;
    // A span that follows now leaves what is loaded behind it only slowly; what it needs finer is asked for here.
    session.current?.show(range(), points);
    if (range().kind === 'live') version.value = version.peek() + 1;
  });
  useSignalEffect(() => {
    if (app.session.value > 1) session.current?.reload();
  });
  return {
    version,
    lines: () => session.current?.lines ?? [],
    bounds: () => boundsOf(range(), app.clock.now()),
  };
}
