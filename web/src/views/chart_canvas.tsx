// Where the plot lives: loads it when first needed, feeds it, and lets it scroll at the pace of its span.
import type { Signal } from '@preact/signals';
import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { ChartSession } from '../app/chart_session.ts';
import type { ExploreState } from '../app/explore_state.ts';
import { axisTexts } from '../logic/number_format.ts';
import type { SeriesEntry } from '../logic/series_store.ts';
import { ChartDriver } from './chart/chart_driver.ts';
import { useApp } from './context.ts';
import './chart_canvas.css';

export interface CursorReading {
  readonly time: number;
  readonly value: number;
  readonly min: number;
  readonly max: number;
}

export interface Summary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly points: number;
}

interface Props {
  readonly entry: SeriesEntry;
  readonly state: ExploreState;
  readonly cursor: Signal<CursorReading | null>;
  readonly summary: Signal<Summary | null>;
}

export function ChartCanvas({ entry, state, cursor, summary }: Props) {
  const app = useApp();
  const place = useRef<HTMLDivElement>(null);
  const driver = useRef<ChartDriver | null>(null);
  const message = useSignal('');
  useEffect(() => {
    const session = new ChartSession(app, entry, state.range.peek(), () => driver.current?.ask());
    const made = new ChartDriver({
      place: place.current!,
      session,
      range: () => state.range.peek(),
      now: () => app.clock.now(),
      labels: (values) => axisTexts(values, entry.info.unit),
      onCursor: (at) => {
        cursor.value = at;
      },
      onSummary: (of) => {
        summary.value = of;
      },
      onZoom: (from, to) => state.select(from, to),
      onFailed: () => {
        message.value = 'The chart could not be loaded. Reload the page once the device is back.';
      },
      gestures: {
        onPan: (share) => state.pan(share),
        onZoom: (factor, around) => state.zoom(factor, around),
        onBack: () => state.back(),
      },
    });
    driver.current = made;
    return () => {
      driver.current = null;
      made.end();
      session.end();
    };
  }, [entry]);
  useSignalEffect(() => {
    state.range.value;
    driver.current?.viewChanged();
  });
  useSignalEffect(() => {
    app.theme.painted.value;
    driver.current?.restyle();
  });
  useSignalEffect(() => {
    if (app.session.value > 0) driver.current?.reload();
  });
  return (
    <div class="chart-canvas" data-chart data-series={entry.info.key} ref={place}>
      {message.value !== '' && <p class="chart-message">{message}</p>}
    </div>
  );
}
