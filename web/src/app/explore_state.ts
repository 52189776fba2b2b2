// The span and the crosshair that the charts of a page share, and the way back out of zooms. The address follows a moment
// later: browsers limit how often it may change.
import { type Signal, signal } from '@preact/signals';
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

export class ExploreState {
  readonly range: Signal<TimeRange>;
  /** Where the pointer is on the time axis of any chart, in ms; null: nowhere. */
  readonly cursor: Signal<number | null> = signal(null);
  private readonly stepsBack: TimeRange[] = [];
  private followedMs = spanOf(DEFAULT_RANGE);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    range: TimeRange,
    private readonly now: () => number,
    private readonly writeAddress: (range: TimeRange) => void,
  ) {
    this.range = signal(range);
    if (range.kind === 'live') this.followedMs = range.spanMs;
  }

  preset(text: string): void {
    const spanMs = parseSpan(text);
    if (spanMs !== null) this.set({ kind: 'live', spanMs }, true);
  }

  /** Follows now again. */
  live(): void {
    this.set({ kind: 'live', spanMs: this.followedMs }, true);
  }

  select(from: number, to: number): void {
    this.set(fixedRange(from, to), true);
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
    this.timer = setTimeout(() => this.writeAddress(range), ADDRESS_SETTLE_MS);
  }
}
