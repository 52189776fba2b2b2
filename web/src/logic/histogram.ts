// How often which values were: bins of a round width over what is in view.
import type { ChartBuffer } from './chart_buffer.ts';

export interface Histogram {
  readonly low: number;
  readonly step: number;
  readonly counts: readonly number[];
}

/** 1, 2, 2.5 or 5 times a power of ten, at least `width`. */
export function roundWidth(width: number): number {
  const power = 10 ** Math.floor(Math.log10(width));
  for (const step of [1, 2, 2.5, 5, 10]) if (step * power >= width * (1 - 1e-9)) return step * power;
  return 10 * power;
}

export function histogram(
  buffers: readonly ChartBuffer[],
  from: number,
  to: number,
  bins: number,
): Histogram {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  const each = (tell: (value: number, weight: number) => void) => {
    for (const buffer of buffers) {
      for (let i = 0; i < buffer.length; i += 1) {
        const time = buffer.time(i);
        if (time >= from && time < to && !Number.isNaN(buffer.mean(i)))
          tell(buffer.mean(i), buffer.weight(i));
      }
    }
  };
  each((value) => {
    low = Math.min(low, value);
    high = Math.max(high, value);
  });
  if (low > high) return { low: 0, step: 1, counts: [] };
  const span = high - low;
  const step = span > 0 ? roundWidth(span / bins) : roundWidth(Math.max(Math.abs(low) * 0.01, 1e-9));
  const start = Math.floor(low / step) * step;
  const counts = new Array<number>(Math.min(10 * bins, Math.floor((high - start) / step) + 1)).fill(0);
  each((value, weight) => {
    const at = Math.min(counts.length - 1, Math.max(0, Math.floor((value - start) / step)));
    counts[at] = counts[at]! + weight;
  });
  return { low: start, step, counts };
}
