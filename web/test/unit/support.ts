// What several tests need.
import type { SeriesInfo } from '../../src/api/wire.ts';

export function series(key: string, more: Partial<SeriesInfo> = {}): SeriesInfo {
  return {
    key,
    input: 'host',
    unit: '',
    kind: 'gauge',
    title: '',
    decimals: null,
    range: null,
    states: [],
    ...more,
  };
}

/** The same numbers each time: a linear congruential generator (Numerical Recipes). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
