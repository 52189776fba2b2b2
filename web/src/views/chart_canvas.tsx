// Where the plot lives: loads it when first needed, feeds it, and lets it scroll at the pace of its span.

import type { Signal } from '@preact/signals';
import { useComputed, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { App } from '../app/app.ts';
import { ChartSession } from '../app/chart_session.ts';
import type { ExploreState } from '../app/explore_state.ts';
import { alarmEventsOf, readAlarmEvent, turnOf } from '../logic/alarm_marks.ts';
import type { ChartBuffer } from '../logic/chart_buffer.ts';
import type { ChartSpec, LineSpec } from '../logic/chart_spec.ts';
import type { WindowSummary } from '../logic/chart_window.ts';
import type { Happening } from '../logic/happenings.ts';
import { percentilesOf } from '../logic/percentiles.ts';
import { parseSeriesKey } from '../logic/series_key.ts';
import { t } from '../logic/texts.ts';
import { boundsOf } from '../logic/time_range.ts';
import { ChartDriver } from './chart/chart_driver.ts';
import { useApp } from './context.ts';
import { useHappenings } from './happenings.ts';
import { watchVisibility } from './visibility.ts';
import './chart_canvas.css';

/** What is drawn, for who wants to read it. */
export interface ChartReader {
  readonly bufferOf: (line: LineSpec) => ChartBuffer | undefined;
  /** The view's time on the axis of the line's own buffer. */
  readonly timeIn: (line: LineSpec, time: number) => number;
}

interface Props {
  /** Another one makes the chart anew: remember it. */
  readonly spec: ChartSpec;
  readonly state: ExploreState;
  readonly hidden: Signal<ReadonlySet<number>>;
  readonly summary: Signal<readonly WindowSummary[]>;
  readonly onReader?: (reader: ChartReader) => void;
}

interface Sessions {
  readonly now: ChartSession;
  readonly earlier: ChartSession | null;
}

function openSessions(
  app: App,
  spec: ChartSpec,
  state: ExploreState,
  widthPx: number,
  onChange: () => void,
): Sessions {
  const entries = (lines: readonly LineSpec[]) => [...new Set(lines.map(({ entry }) => entry))];
  const lookBackMs = Math.max(0, ...spec.lines.map(({ overlay }) => overlay?.windowMs ?? 0));
  const compared = spec.lines.filter(({ earlier }) => earlier === true);
  const range = state.range.peek();
  const percents = spec.stack ? [] : percentilesOf(spec.percentiles ?? []);
  return {
    now: new ChartSession(
      app,
      [...new Set([...entries(spec.lines), ...(spec.backgrounds ?? [])])],
      range,
      onChange,
      { lookBackMs, widthPx, percents },
    ),
    earlier:
      compared.length === 0
        ? null
        : new ChartSession(app, entries(compared), range, onChange, {
            widthPx,
            percents,
            shiftMs: () => state.shiftMs(),
          }),
  };
}

function readerOf({ now, earlier }: Sessions, state: ExploreState): ChartReader {
  return {
    bufferOf: (line) =>
      (line.earlier === true ? earlier : now)?.lines.find(({ entry }) => entry === line.entry)?.buffer,
    timeIn: (line, time) => (line.earlier === true ? time - state.shiftMs() : time),
  };
}

/** What an alarm did, on a chart of what it is about: that it fired, and that it was over. */
function sayAlarm(key: string, text: string): string | null {
  const event = readAlarmEvent(text);
  if (event === null) return text;
  const turn = turnOf(event);
  if (turn === null) return null;
  const rule = parseSeriesKey(key).labels.find(([name]) => name === 'rule')?.[1] ?? '';
  const value = event.value === null ? '' : ` (${Number(event.value.toPrecision(6))})`;
  return turn === 'fires' ? `▲ ${t('{rule} fires', { rule })}${value}` : `■ ${t('{rule} is over', { rule })}`;
}

/** The chart's own events, and those of alarms about its lines. */
function useChartEvents(spec: ChartSpec, state: ExploreState): Signal<readonly Happening[]> {
  const app = useApp();
  const own = spec.events?.map(({ info }) => info.key) ?? [];
  const shown = spec.lines.map(({ entry }) => entry.info.key.replace(/@[^@}]*$/, ''));
  const alarms = useComputed(() =>
    alarmEventsOf(
      app.alarms.value,
      shown,
      app.catalogue().map(({ key }) => key),
    ).join('\n'),
  ).value;
  const keys = [...new Set([...own, ...alarms.split('\n').filter(Boolean)])];
  return useHappenings(keys, state, sayAlarm).list;
}

export function ChartCanvas({ spec, state, hidden, summary, onReader }: Props) {
  const app = useApp();
  const happened = useChartEvents(spec, state);
  const place = useRef<HTMLDivElement>(null);
  const driver = useRef<ChartDriver | null>(null);
  const message = useSignal('');
  useEffect(() => {
    const sessions = openSessions(app, spec, state, place.current!.clientWidth, () => driver.current?.ask());
    const reader = readerOf(sessions, state);
    onReader?.(reader);
    const timeAt = (share: number) => {
      const { from, to } = boundsOf(state.range.peek(), app.clock.now());
      return from + (to - from) * share;
    };
    const made = new ChartDriver({
      place: place.current!,
      session: sessions.now,
      earlier: sessions.earlier,
      shiftMs: () => state.shiftMs(),
      slow: () => app.slow.peek(),
      brush: () => state.brush.peek(),
      bufferOf: reader.bufferOf,
      grounds: sessions.now.lines.filter(({ entry }) => spec.backgrounds?.includes(entry)),
      events: () => happened.peek(),
      spec,
      range: () => state.range.peek(),
      now: () => app.clock.now(),
      hidden: () => hidden.peek(),
      onCursor: (time) => state.point(time),
      pinnedAt: () => (state.pinned.peek() ? state.cursor.peek() : null),
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
        onMark: (from, to) => state.mark(timeAt(from), timeAt(to)),
        onTap: (share) => state.pin(timeAt(share)),
        marks: () => state.marking.peek(),
      },
    });
    driver.current = made;
    const unwatch = watchVisibility(place.current!, (visible) => made.setInView(visible));
    return () => {
      driver.current = null;
      unwatch();
      made.end();
      sessions.now.end();
      sessions.earlier?.end();
    };
  }, [spec]);
  useSignalEffect(() => {
    state.range.value;
    state.compare.value;
    driver.current?.viewChanged();
  });
  useSignalEffect(() => {
    state.brush.value;
    happened.value;
    driver.current?.ask();
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
  const shown = [
    ...spec.lines.map(({ entry }) => entry),
    ...(spec.backgrounds ?? []),
    ...(spec.events ?? []),
  ];
  const keys = [...new Set(shown.map(({ info }) => info.key))].join(' ');
  return (
    <div
      class="chart-canvas"
      data-chart
      data-series={keys}
      data-marking={state.marking.value}
      data-events={happened.value.length}
      ref={place}
    >
      {message.value !== '' && <p class="chart-message">{message}</p>}
    </div>
  );
}
