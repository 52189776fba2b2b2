// How often a series usually speaks: the median of its last intervals. Batches of readings that arrive together
// carry their own times, so it does not depend on the network.

const KEPT = 9;
const ENOUGH = 3;

export class IntervalEstimate {
  private readonly intervals: number[] = [];
  private next = 0;
  private lastTime = Number.NaN;
  private median = Number.NaN;

  /** Milliseconds; NaN until it is known. */
  get usualMs(): number {
    return this.median;
  }

  observe(time: number): void {
    const interval = time - this.lastTime;
    if (Number.isNaN(this.lastTime) || interval > 0) this.lastTime = time;
    if (!(interval > 0)) return;
    this.intervals[this.next] = interval;
    this.next = (this.next + 1) % KEPT;
    if (this.intervals.length >= ENOUGH) this.refresh();
  }

  /** What history says, until enough is seen live. */
  suggest(intervalMs: number): void {
    if (Number.isNaN(this.median) && intervalMs > 0) this.median = intervalMs;
  }

  private refresh(): void {
    const sorted = [...this.intervals].sort((a, b) => a - b);
    this.median = sorted[sorted.length >> 1]!;
  }
}
