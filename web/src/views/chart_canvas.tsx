// Where the plot lives: loads it when first needed, feeds it, and lets it scroll at the pace of its span.

import type { Signal } from '@preact/signals';
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ChartSession } from '../app/chart_session.ts';
import type { ExploreState } from '../app/explore_state.ts';
import type { ChartSpec } from '../logic/chart_spec.ts';
import type { WindowSummary } from '../logic/chart_window.ts';
import { t } from '../logic/texts.ts';
import { ChartDriver } from './chart/chart_driver.ts';
import { useApp } from './context.ts';
import { watchVisibility } from './visibility.ts';
import './chart_canvas.css';

interface Props {
  /** Another one makes the chart anew: remember it. */
  readonly spec: ChartSpec;
  readonly state: ExploreState;
  readonly hidden: Signal<ReadonlySet<number>>;
  readonly summary: Signal<readonly WindowSummary[]>;
  /** Given to who wants to read what is drawn. */
  readonly onSession?: (session: ChartSession) => void;
}

export function ChartCanvas({ spec, state, hidden, summary, onSession }: Props) {
  const app = useApp();
  const place = useRef<HTMLDivElement>(null);
  const driver = useRef<ChartDriver | null>(null);
  const message = useSignal('');
  useEffect(() => {
    const entries = [...new Set(spec.lines.map(({ entry }) => entry))];
    const lookBackMs = Math.max(0, ...spec.lines.map(({ overlay }) => overlay?.windowMs ?? 0));
    const session = new ChartSession(app, entries, state.range.peek(), () => driver.current?.ask(), {
      lookBackMs,
    });
    onSession?.(session);
    const made = new ChartDriver({
      place: place.current!,
      session,
      spec,
      range: () => state.range.peek(),
      now: () => app.clock.now(),
      hidden: () => hidden.peek(),
      onCursor: (time) => {
        state.cursor.value = time;
      },
      onSummary: (of) => {
        summary.value = of;
      },
      onZoom: (from, to) => state.select(from, to),
      onFailed: () => {
        message.value = t('The chart could not be loaded. Reload the page once the device is back.');
      },
      gestures: {
        onPan: (share) => state.pan(share),
        onZoom: (factor, around) => state.zoom(factor, around),
        onBack: () => state.back(),
      },
    });
    driver.current = made;
    const unwatch = watchVisibility(place.current!, (visible) => made.setInView(visible));
    return () => {
      driver.current = null;
      unwatch();
      made.end();
      session.end();
    };
  }, [spec]);
  useSignalEffect(() => {
    state.range.value;
    driver.current?.viewChanged();
  });
  useSignalEffect(() => {
    hidden.value;
    driver.current?.hiddenChanged();
  });
  useSignalEffect(() => {
    driver.current?.point(state.cursor.value);
  });
  useSignalEffect(() => {
    app.theme.painted.value;
    driver.current?.restyle();
  });
  useSignalEffect(() => {
    if (app.session.value > 0) driver.current?.reload();
  });
  const keys = [...new Set(spec.lines.map(({ entry }) => entry.info.key))].join(' ');
  return (
    <div class="chart-canvas" data-chart data-series={keys} ref={place}>
      {message.value !== '' && <p class="chart-message">{message}</p>}
    </div>
  );
}
