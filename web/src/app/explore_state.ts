// The span and the crosshair that the charts of a page share, what is marked in it, and the way back out of zooms. The
// address follows a moment later: browsers limit how often it may change.
import { type Signal, signal } from '@preact/signals';
import { type Comparison, shiftOf } from '../logic/compare.ts';
import {
  boundsOf,
  DEFAULT_RANGE,
  fixedRange,
  panned,
  parseSpan,
  spanOf,
  type TimeRange,
  zoomed,
} from '../logic/time_range.ts';

const ADDRESS_SETTLE_MS = 300;
const MAX_STEPS_BACK = 50;

/** A stretch of the time axis, in ms. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export class ExploreState {
  readonly range: Signal<TimeRange>;
  /** Where the pointer is on the time axis of any chart, in ms; null: nowhere. */
  readonly cursor: Signal<number | null> = signal(null);
  /** The crosshair stays where it was put, whatever the pointer does. */
  readonly pinned: Signal<boolean> = signal(false);
  /** What is marked to be measured: every panel says what it was there. */
  readonly brush: Signal<Stretch | null> = signal(null);
  /** A drag marks instead of zooming. */
  readonly marking: Signal<boolean> = signal(false);
  readonly compare: Signal<Comparison>;
  private readonly stepsBack: TimeRange[] = [];
  private followedMs = spanOf(DEFAULT_RANGE);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    range: TimeRange,
    private readonly now: () => number,
    private readonly writeAddress: (range: TimeRange) => void,
    compare: Comparison = '',
  ) {
    this.range = signal(range);
    this.compare = signal(compare);
    if (range.kind === 'live') this.followedMs = range.spanMs;
  }

  /** How much earlier the compared period is, in ms. */
  shiftMs(): number {
    return shiftOf(this.compare.peek(), spanOf(this.range.peek()));
  }

  /** Where the crosshair is; a pinned one does not move. */
  point(time: number | null): void {
    if (!this.pinned.peek()) this.cursor.value = time;
  }

  /** Pins the crosshair, or lets it go. */
  pin(time: number): void {
    this.cursor.value = time;
    this.pinned.value = !this.pinned.peek();
  }

  mark(from: number, to: number): void {
    this.brush.value = from < to ? { from, to } : { from: to, to: from };
  }

  /** Whatever is marked or pinned goes; whether there was something. */
  clear(): boolean {
    const had = this.pinned.peek() || this.brush.peek() !== null;
    if (this.pinned.peek()) this.cursor.value = null;
    this.pinned.value = false;
    this.brush.value = null;
    return had;
  }

  preset(text: string): void {
    const spanMs = parseSpan(text);
    if (spanMs !== null) this.set({ kind: 'live', spanMs }, true);
  }

  /** A span to begin with, which the address need not say. */
  begin(spanMs: number): void {
    this.followedMs = spanMs;
    this.range.value = { kind: 'live', spanMs };
  }

  /** Follows now again. */
  live(): void {
    this.set({ kind: 'live', spanMs: this.followedMs }, true);
  }

  select(from: number, to: number): void {
    this.set(fixedRange(from, to), true);
  }

  show(range: TimeRange): void {
    this.set(range, true);
  }

  /** A step of a film: no step to go back to, and now is where it ends. */
  advance(ms: number): void {
    const { from, to } = boundsOf(this.range.peek(), this.now());
    if (to + ms >= this.now()) this.live();
    else this.set(fixedRange(from + ms, to + ms), false);
  }

  pan(share: number): void {
    this.set(panned(this.range.peek(), share, this.now()), this.range.peek().kind === 'live');
  }

  zoom(factor: number, around: number): void {
    this.set(zoomed(this.range.peek(), factor, around, this.now()), false);
  }

  /** The step before; without one the same span, four times as wide. */
  back(): void {
    const before = this.stepsBack.pop();
    if (before !== undefined) this.set(before, false);
    else if (this.range.peek().kind === 'fixed') {
      const { from, to } = boundsOf(this.range.peek(), this.now());
      this.set(fixedRange(from - 1.5 * (to - from), to + 1.5 * (to - from)), false);
    }
  }

  /** The address says at once what is looked at. */
  settle(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writeAddress(this.range.peek());
  }

  end(): void {
    clearTimeout(this.timer);
  }

  private set(range: TimeRange, remember: boolean): void {
    if (remember) {
      this.stepsBack.push(this.range.peek());
      if (this.stepsBack.length > MAX_STEPS_BACK) this.stepsBack.shift();
    }
    if (range.kind === 'live') this.followedMs = range.spanMs;
    this.range.value = range;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), ADDRESS_SETTLE_MS);
  }
}
