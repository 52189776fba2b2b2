// Whether the machine that shows the page keeps up. Judged by how long its main thread is held between two looks: when most
// of them come late, the page draws less often and says so; it draws as usual again when there was room for a while.

export interface PaceOptions {
  readonly everyMs: number;
  /** A look that comes so much too late is a late one. */
  readonly lateMs: number;
  /** Late looks of the last so many that make it slow, and that let it be fast again. */
  readonly window: number;
  readonly slowFrom: number;
  readonly fastUpTo: number;
}

export const PACE: PaceOptions = { everyMs: 500, lateMs: 120, window: 20, slowFrom: 10, fastUpTo: 1 };

export class Pace {
  private readonly late: boolean[] = [];
  private lastAt = Number.NaN;
  slow = false;

  constructor(private readonly options: PaceOptions = PACE) {}

  /** `at` of a monotonic clock, in ms; `seen`: a page in the background is slowed by its browser, which says nothing. */
  look(at: number, seen: boolean): boolean {
    const { everyMs, lateMs, window, slowFrom, fastUpTo } = this.options;
    const since = at - this.lastAt;
    this.lastAt = seen ? at : Number.NaN;
    // Asleep, or just back: no measure of speed.
    if (!seen || Number.isNaN(since) || since > 20 * everyMs) return this.slow;
    this.late.push(since > everyMs + lateMs);
    if (this.late.length > window) this.late.shift();
    const count = this.late.filter(Boolean).length;
    if (!this.slow && count >= slowFrom) this.slow = true;
    else if (this.slow && this.late.length === window && count <= fastUpTo) this.slow = false;
    return this.slow;
  }
}
