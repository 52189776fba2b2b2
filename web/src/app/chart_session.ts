// The data behind one chart: history of the span in view, then the live edge; fetched again when the view leaves
// what is loaded, needs it finer, or a connection was lost in between.
import { type Signal, signal } from '@preact/signals';
import { fetchQuery, Refused } from '../api/http.ts';
import { ChartBuffer } from '../logic/chart_buffer.ts';
import { toHistory, toNumber } from '../logic/query_columns.ts';
import type { SeriesEntry } from '../logic/series_store.ts';
import { boundsOf, spanOf, type TimeRange } from '../logic/time_range.ts';
import type { App } from './app.ts';

const LIVE_RATE = 20;
const SETTLE_MS = 120;
/** Loaded beyond each edge, as a share of the span: a pan finds something there. */
const MARGIN = 0.25;
const MIN_POINTS = 200;
const MAX_POINTS = 3_000;

interface Loaded {
  readonly from: number;
  readonly to: number;
  readonly span: number;
  readonly open: boolean;
}

export class ChartSession {
  readonly buffer = new ChartBuffer();
  readonly loading: Signal<boolean> = signal(true);
  readonly problem: Signal<string> = signal('');
  private range: TimeRange;
  private widthPx = 800;
  private loaded: Loaded | null = null;
  /** What the query under way asks for. */
  private coming: Loaded | null = null;
  private running: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly unfollow: () => void;

  constructor(
    private readonly app: App,
    readonly entry: SeriesEntry,
    range: TimeRange,
    /** There is something new to draw. */
    private readonly onChange: () => void,
  ) {
    this.range = range;
    this.unfollow = app.follow(entry.info.key, LIVE_RATE, (reading) => {
      this.buffer.add(reading.time, toNumber(reading.value, entry.states));
      onChange();
    });
    this.reload();
  }

  /** The view: what it spans and how wide it is. */
  show(range: TimeRange, widthPx: number): void {
    this.range = range;
    this.widthPx = widthPx;
    if (this.covers()) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), SETTLE_MS);
  }

  reload(): void {
    clearTimeout(this.timer);
    this.loaded = null;
    this.timer = setTimeout(() => void this.load(), 0);
  }

  end(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = null;
    this.unfollow();
  }

  /** Whether what is loaded, or on its way, serves the view. */
  private covers(): boolean {
    const got = this.coming ?? this.loaded;
    if (got === null) return false;
    const { from, to } = boundsOf(this.range, this.app.clock.now());
    const inside = from >= got.from && (got.open || to <= got.to);
    return inside && spanOf(this.range) > got.span * 0.7;
  }

  private async load(): Promise<void> {
    this.running?.abort();
    const running = new AbortController();
    this.running = running;
    const { from, to } = boundsOf(this.range, this.app.clock.now());
    const span = to - from;
    const live = this.range.kind === 'live';
    const open = live || to + span * MARGIN >= this.app.clock.now();
    const wanted: Loaded = { from: from - span * MARGIN, to: to + span * MARGIN, span, open };
    const share = live ? 1 + MARGIN : 1 + 2 * MARGIN;
    const points = Math.round(Math.min(MAX_POINTS, Math.max(MIN_POINTS, this.widthPx) * share));
    this.coming = wanted;
    this.loading.value = true;
    this.buffer.hold();
    try {
      const answer = await fetchQuery(
        {
          series: this.entry.info.key,
          from: Math.floor(wanted.from),
          to: open ? 'now' : Math.ceil(wanted.to),
          points,
        },
        running.signal,
      );
      if (this.running !== running) return;
      const series = answer.series.find((item) => item.key === this.entry.info.key);
      const history = series ?? { key: this.entry.info.key, columns: ['t', 'value'], data: [[], []] };
      this.buffer.load(toHistory(answer, history, this.entry.states));
      this.loaded = wanted;
      this.problem.value = '';
    } catch (error) {
      if (this.running !== running) return;
      this.buffer.release();
      this.problem.value =
        error instanceof Refused ? error.message : 'The history did not arrive; what comes live is shown.';
    }
    this.running = null;
    this.coming = null;
    this.loading.value = false;
    this.onChange();
  }
}
