// The data behind one chart: history of the span in view of all its series, then the live edge; fetched again when the
// view leaves what is loaded, needs it finer, or a connection was lost in between.

import { type Signal, signal } from '@preact/signals';
import { fetchQuery, Refused } from '../api/http.ts';
import { ChartBuffer } from '../logic/chart_buffer.ts';
import { toHistory, toNumber } from '../logic/query_columns.ts';
import type { SeriesEntry } from '../logic/series_store.ts';
import { t } from '../logic/texts.ts';
import { boundsOf, spanOf, type TimeRange } from '../logic/time_range.ts';
import type { App } from './app.ts';

const SETTLE_MS = 120;
/** Loaded beyond each edge, as a share of the span: a pan finds something there. */
const MARGIN = 0.25;
const MARGIN_AFTER_MS = 500;
const MIN_POINTS = 200;
const MAX_POINTS = 3_000;
/** Of a bucket whose percentiles are drawn. */
const BUCKET_PX = 5;

interface Loaded {
  readonly from: number;
  readonly to: number;
  readonly span: number;
  readonly open: boolean;
}

export interface SessionLine {
  readonly entry: SeriesEntry;
  readonly buffer: ChartBuffer;
}

export interface SessionOptions {
  /** Loaded before the view, for what looks back: in ms. */
  readonly lookBackMs?: number;
  /** Points of each series for one width of the view; else one for each pixel. */
  readonly points?: number;
  /** Percentiles of buckets, ascending; then buckets are several pixels wide, so that they hold readings. */
  readonly percents?: readonly number[];
  /** How wide the view is at first, in pixels. */
  readonly widthPx?: number;
  /** Shows what was so much earlier than the view, and nothing live. */
  readonly shiftMs?: () => number;
}

export class ChartSession {
  readonly lines: readonly SessionLine[];
  readonly loading: Signal<boolean> = signal(true);
  readonly problem: Signal<string> = signal('');
  private range: TimeRange;
  private widthPx = 800;
  private loaded: Loaded | null = null;
  /** What the query under way asks for. */
  private coming: Loaded | null = null;
  private running: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private marginTimer: ReturnType<typeof setTimeout> | undefined;
  private beganAt = Number.NEGATIVE_INFINITY;
  private readonly unfollow: readonly (() => void)[];

  constructor(
    private readonly app: App,
    entries: readonly SeriesEntry[],
    range: TimeRange,
    /** There is something new to draw. */
    private readonly onChange: () => void,
    private readonly options: SessionOptions = {},
  ) {
    this.range = range;
    if (options.widthPx !== undefined && options.widthPx > 0) this.widthPx = options.widthPx;
    this.lines = entries.map((entry) => ({ entry, buffer: new ChartBuffer(options.percents) }));
    const followed = options.shiftMs === undefined ? this.lines : [];
    this.unfollow = followed.map(({ entry, buffer }) =>
      app.follow(entry.info.key, (reading) => {
        buffer.add(reading.time, toNumber(reading.value, entry.states), reading.quality === 'uncertain');
        onChange();
      }),
    );
    this.reload();
  }

  /** The view: what it spans and how wide it is. */
  show(range: TimeRange, widthPx: number): void {
    this.range = range;
    this.widthPx = widthPx;
    // A view that moves on and on is loaded on its way: the first moment stands.
    if (this.covers() || this.timer !== undefined) return;
    // The first of many moves is answered at once: a zoom waits for nothing.
    const wait = Math.max(0, SETTLE_MS - (performance.now() - this.beganAt));
    this.timer = setTimeout(() => this.begin(), wait);
  }

  reload(): void {
    clearTimeout(this.timer);
    clearTimeout(this.marginTimer);
    this.loaded = null;
    this.timer = setTimeout(() => this.begin(), 0);
  }

  end(): void {
    clearTimeout(this.timer);
    clearTimeout(this.marginTimer);
    this.running?.abort();
    this.running = null;
    for (const unfollow of this.unfollow) unfollow();
  }

  private begin(): void {
    this.timer = undefined;
    clearTimeout(this.marginTimer);
    this.beganAt = performance.now();
    // A span that stands still is answered first as it is seen, which is less to read; what lies beside it comes when
    // nobody waits.
    const still = this.range.kind === 'fixed';
    void this.load(still ? 0 : MARGIN).then((done) => {
      if (done && still) this.marginTimer = setTimeout(() => void this.load(MARGIN), MARGIN_AFTER_MS);
    });
  }

  private bounds(): { from: number; to: number } {
    const { from, to } = boundsOf(this.range, this.app.clock.now());
    const shift = this.options.shiftMs?.() ?? 0;
    return { from: from - shift, to: to - shift };
  }

  /** Whether what is loaded, or on its way, serves the view. */
  private covers(): boolean {
    return this.serves(this.coming ?? this.loaded);
  }

  private covered(): boolean {
    return this.serves(this.loaded);
  }

  private serves(got: Loaded | null): boolean {
    if (got === null) return false;
    const { from, to } = this.bounds();
    const inside = from >= got.from && (got.open || to <= got.to);
    return inside && spanOf(this.range) > got.span * 0.7;
  }

  private get percents(): readonly number[] {
    return this.options.percents ?? [];
  }

  private pointsInView(): number {
    if (this.percents.length === 0) return Math.max(MIN_POINTS, this.widthPx);
    return Math.max(MIN_POINTS / BUCKET_PX, this.widthPx / BUCKET_PX);
  }

  /** Whether it is loaded. */
  private async load(margin: number): Promise<boolean> {
    if (this.lines.length === 0) {
      this.loading.value = false;
      return false;
    }
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    const { percents } = this;
    const { from, to } = this.bounds();
    const span = to - from;
    const live = this.range.kind === 'live' && this.options.shiftMs === undefined;
    const open = live || to + span * margin >= this.app.clock.now();
    const before = Math.max(span * margin, this.options.lookBackMs ?? 0);
    const wanted: Loaded = { from: from - before, to: to + span * margin, span, open };
    const share = (before + span + (live ? 0 : span * margin)) / span;
    const points = this.options.points ?? this.pointsInView();
    this.coming = wanted;
    if (!this.covered()) this.loading.value = true;
    for (const { buffer } of this.lines) buffer.hold();
    try {
      const answer = await fetchQuery(
        {
          series: this.lines.map(({ entry }) => entry.info.key),
          from: Math.floor(wanted.from),
          to: open ? 'now' : Math.ceil(wanted.to),
          points: Math.round(Math.min(MAX_POINTS, points * Math.min(4, share))),
          ...(percents.length > 0 ? { percentiles: percents.join() } : {}),
        },
        running.signal,
      );
      if (this.running !== running) return false;
      for (const { entry, buffer } of this.lines) {
        const series = answer.series.find((item) => item.key === entry.info.key);
        const history = series ?? {
          ...{ key: entry.info.key, columns: ['t', 'value'], data: [[], []], uncertain: [] },
        };
        buffer.load(toHistory(answer, history, entry.states, percents));
      }
      this.loaded = wanted;
      this.problem.value = '';
    } catch (error) {
      if (this.running !== running) return false;
      for (const { buffer } of this.lines) buffer.release();
      this.problem.value =
        error instanceof Refused ? error.message : t('The history did not arrive; what comes live is shown.');
    }
    this.running = null;
    this.coming = null;
    this.loading.value = false;
    this.onChange();
    return this.problem.peek() === '';
  }
}
