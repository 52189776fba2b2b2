// How long to wait before trying again: doubling, capped, with jitter so that a hall full of screens does not
// come back in the same millisecond.

export interface BackoffOptions {
  readonly firstMs: number;
  readonly maxMs: number;
  /** 0 … 1, where from; injected. */
  readonly random: () => number;
}

export class Backoff {
  private attempts = 0;

  constructor(private readonly options: BackoffOptions) {}

  /** The next wait, between half and the whole of the doubled step. */
  next(): number {
    const step = Math.min(this.options.maxMs, this.options.firstMs * 2 ** Math.min(this.attempts, 20));
    this.attempts += 1;
    return Math.round(step * (0.5 + 0.5 * this.options.random()));
  }

  reset(): void {
    this.attempts = 0;
  }
}
