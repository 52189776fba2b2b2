// Readings per second of each input, from two looks at its counter.

import { locale } from './texts.ts';

interface Look {
  readonly at: number;
  readonly count: number;
}

export class Rates {
  private looks = new Map<string, Look>();
  private rates = new Map<string, number>();

  /** `at` in ms of a monotonic clock. A counter that went back has begun anew: its rate is unknown once. */
  observe(counts: ReadonlyMap<string, number>, at: number): void {
    const rates = new Map<string, number>();
    for (const [id, count] of counts) {
      const before = this.looks.get(id);
      const seconds = before === undefined ? 0 : (at - before.at) / 1000;
      if (before !== undefined && seconds > 0 && count >= before.count)
        rates.set(id, (count - before.count) / seconds);
    }
    this.rates = rates;
    this.looks = new Map([...counts].map(([id, count]) => [id, { at, count }]));
  }

  of(id: string): number | null {
    return this.rates.get(id) ?? null;
  }
}

/** `12.3`, `0.5`, `1,234`: three digits say enough of a rate. */
export function formatRate(rate: number | null): string {
  if (rate === null) return '–';
  const decimals = rate >= 100 || rate === 0 ? 0 : rate >= 10 ? 1 : 2;
  return rate.toLocaleString(locale(), { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}
