// Draws a chart when it is worth it: once per reading at most 30 times a second, and as often as its scroll moves half
// a pixel.
import { effect } from '@preact/signals';
import type { ChartSession } from '../../app/chart_session.ts';
import type { Stretch } from '../../app/explore_state.ts';
import type { ChartBuffer } from '../../logic/chart_buffer.ts';
import type { ChartSpec, LineSpec } from '../../logic/chart_spec.ts';
import type { WindowSummary } from '../../logic/chart_window.ts';
import type { Happening } from '../../logic/happenings.ts';
import { boundsOf, type TimeRange } from '../../logic/time_range.ts';
import { readColours } from './chart_colours.ts';
import { type GestureEvents, listenForGestures } from './gestures.ts';
import type { Ground } from './plot_ground.ts';
import type { TimeSeriesPlot } from './time_series_plot.ts';

export interface DriverOptions {
  readonly place: HTMLElement;
  readonly session: ChartSession;
  /** Of the period that is compared with; null: there is none. */
  readonly earlier: ChartSession | null;
  readonly shiftMs: () => number;
  /** The machine does not keep up. */
  readonly slow: () => boolean;
  readonly brush: () => Stretch | null;
  readonly spec: ChartSpec;
  readonly bufferOf: (line: LineSpec) => ChartBuffer | undefined;
  readonly range: () => TimeRange;
  readonly now: () => number;
  readonly hidden: () => ReadonlySet<number>;
  readonly onCursor: (time: number | null) => void;
  readonly onSummary: (summary: readonly WindowSummary[]) => void;
  readonly onZoom: (from: number, to: number) => void;
  readonly pinnedAt: () => number | null;
  readonly grounds: readonly Ground[];
  readonly events: () => readonly Happening[];
  readonly onFailed: () => void;
  readonly gestures: GestureEvents;
}

const FRAME_MS = 33;
const SLOW_FRAME_MS = 400;
const SLOWEST_MS = 1_000;
const SUMMARY_EVERY_MS = 500;

export class ChartDriver {
  private plot: TimeSeriesPlot | null = null;
  private makePlot: ((parent: HTMLElement) => TimeSeriesPlot) | null = null;
  private ended = false;
  private inView = true;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private frame = 0;
  private drawnAt = 0;
  private summaryAt = 0;
  private stopGestures: (() => void) | null = null;
  private readonly stopLoading: () => void;
  private readonly resizes: ResizeObserver;

  constructor(private readonly options: DriverOptions) {
    this.resizes = new ResizeObserver(() => this.fit());
    this.resizes.observe(options.place);
    this.stopLoading = effect(() => {
      options.place.toggleAttribute('data-loading', options.session.loading.value);
    });
    void this.load();
  }

  /** There is something new: draws soon. */
  ask(): void {
    if (this.frame !== 0 || this.plot === null || this.ended || !this.inView) return;
    clearTimeout(this.timer);
    const wait = this.frameMs - (performance.now() - this.drawnAt);
    if (wait > 1) this.timer = setTimeout(() => this.nextFrame(), wait);
    else this.nextFrame();
  }

  viewChanged(): void {
    const width = this.options.place.clientWidth;
    this.options.session.show(this.options.range(), width);
    this.options.earlier?.show(this.options.range(), width);
    this.ask();
  }

  /** Out of view nothing is drawn. */
  setInView(inView: boolean): void {
    this.inView = inView;
    if (inView) this.viewChanged();
  }

  reload(): void {
    this.options.session.reload();
    this.options.earlier?.reload();
  }

  hiddenChanged(): void {
    this.plot?.hide(this.options.hidden());
    this.ask();
  }

  /** The crosshair of another chart. */
  point(time: number | null): void {
    this.plot?.point(time);
  }

  /** The colours changed: uPlot takes them only at birth. */
  restyle(): void {
    if (this.makePlot === null || this.ended) return;
    this.stopGestures?.();
    this.plot?.destroy();
    this.plot = this.makePlot(this.options.place);
    this.plot.hide(this.options.hidden());
    this.stopGestures = listenForGestures(this.plot.over, this.options.gestures);
    this.viewChanged();
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.timer);
    cancelAnimationFrame(this.frame);
    this.resizes.disconnect();
    this.stopLoading();
    this.stopGestures?.();
    this.plot?.destroy();
  }

  private async load(): Promise<void> {
    try {
      const { TimeSeriesPlot } = await import('./time_series_plot.ts');
      if (this.ended) return;
      const { spec, onZoom, onCursor, pinnedAt, bufferOf, grounds, events } = this.options;
      const buffers = spec.lines.map((line) => bufferOf(line)!);
      this.makePlot = (parent) =>
        new TimeSeriesPlot({
          parent,
          spec,
          buffers,
          colours: readColours(parent),
          onZoom,
          onCursor,
          pinnedAt,
          grounds,
          events,
        });
      this.restyle();
    } catch {
      this.options.onFailed();
    }
  }

  private fit(): void {
    const { clientWidth, clientHeight } = this.options.place;
    if (clientWidth === 0 || clientHeight === 0) return;
    this.plot?.resize(clientWidth, clientHeight);
    if (this.plot !== null) this.viewChanged();
  }

  private get frameMs(): number {
    return this.options.slow() ? SLOW_FRAME_MS : FRAME_MS;
  }

  private nextFrame(): void {
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    if (this.plot === null || this.ended || !this.inView) return;
    const now = this.options.now();
    const range = this.options.range();
    const { from, to } = boundsOf(range, now);
    // What is compared with falls behind the view as that goes on.
    this.options.earlier?.show(range, this.options.place.clientWidth);
    const summary = this.plot.draw({ from, to, now, shiftMs: this.options.shiftMs() }, this.options.brush());
    this.options.place.toggleAttribute('data-uncertain', this.plot.isDoubtful);
    this.drawnAt = performance.now();
    if (this.drawnAt - this.summaryAt > SUMMARY_EVERY_MS) {
      this.summaryAt = this.drawnAt;
      this.options.onSummary(summary);
    }
    if (range.kind !== 'live') {
      // A still picture: only the summary may be behind.
      this.timer = setTimeout(() => this.options.onSummary(summary), SUMMARY_EVERY_MS);
      return;
    }
    const halfPixel = (to - from) / Math.max(1, this.plot.plotWidth) / (2 * (window.devicePixelRatio || 1));
    this.timer = setTimeout(() => this.nextFrame(), Math.min(SLOWEST_MS, Math.max(this.frameMs, halfPixel)));
  }
}
