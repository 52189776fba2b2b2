// Bands between percentiles, `p5-p95`: how they are written, and what is asked of the device for them.

export interface PercentileBand {
  /** Percents from 1 to 99. */
  readonly low: number;
  readonly high: number;
}

/** More of them, one in the other, are one grey. */
export const MOST_BANDS = 3;
export const BAND_CHOICES: readonly string[] = ['p5-p95', 'p25-p75'];

export function parseBand(text: string): PercentileBand | null {
  const match = /^p([1-9]\d?)\s*-\s*p([1-9]\d?)$/.exec(text.trim());
  if (match === null) return null;
  const [low, high] = [Number(match[1]), Number(match[2])];
  return low < high ? { low, high } : null;
}

/** The widest first, so that the narrower ones lie on it. */
export function readBands(texts: readonly string[]): PercentileBand[] {
  return texts
    .flatMap((text) => parseBand(text) ?? [])
    .sort((a, b) => b.high - b.low - (a.high - a.low))
    .slice(0, MOST_BANDS);
}

/** What a query asks for: each once, ascending. */
export function percentilesOf(bands: readonly PercentileBand[]): number[] {
  return [...new Set(bands.flatMap(({ low, high }) => [low, high]))].sort((a, b) => a - b);
}
