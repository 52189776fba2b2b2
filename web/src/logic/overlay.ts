// A sliding statistic over a chart's points: mean, least or greatest of the last `windowMs`, at each point in view.
import type { ChartBuffer } from './chart_buffer.ts';
import { readSpan } from './dashboard_doc.ts';

export interface Overlay {
  readonly stat: 'mean' | 'min' | 'max';
  readonly windowMs: number;
}

export function parseOverlay(text: string): Overlay | null {
  const match = /^(mean|min|max)_(.+)$/.exec(text);
  const windowMs = match === null ? null : readSpan(match[2]!);
  return windowMs === null ? null : { stat: match![1] as Overlay['stat'], windowMs };
}

/**
 * The sum of the last points without ever subtracting one: an outlier leaves no trace once it has left. The older
 * part is kept as sums from each point to its end, the newer part as one sum.
 */
class SlidingMean {
  private sums: number[] = [];
  private weights: number[] = [];
  private base = 0;
  private newSum = 0;
  private newWeight = 0;
  private middle = 0;

  constructor(private readonly buffer: ChartBuffer) {}

  add(i: number): void {
    const value = this.buffer.mean(i);
    if (Number.isNaN(value)) return;
    this.newSum += value * this.buffer.weight(i);
    this.newWeight += this.buffer.weight(i);
  }

  /** Of the points from `start` to `end`, which were all added. */
  value(start: number, end: number): number {
    if (start >= this.middle) this.turn(start, end);
    const at = start - this.base;
    const weight = (this.weights[at] ?? 0) + this.newWeight;
    return weight > 0 ? ((this.sums[at] ?? 0) + this.newSum) / weight : Number.NaN;
  }

  private turn(start: number, end: number): void {
    this.base = start;
    this.middle = end + 1;
    this.sums.length = end - start + 1;
    this.weights.length = end - start + 1;
    let sum = 0;
    let weight = 0;
    for (let i = end; i >= start; i -= 1) {
      const value = this.buffer.mean(i);
      if (!Number.isNaN(value)) {
        sum += value * this.buffer.weight(i);
        weight += this.buffer.weight(i);
      }
      this.sums[i - start] = sum;
      this.weights[i - start] = weight;
    }
    this.newSum = 0;
    this.newWeight = 0;
  }
}

/** The least or greatest of the last points: those that a later one beats are forgotten. */
class SlidingExtreme {
  private readonly kept: number[] = [];
  private head = 0;

  constructor(
    private readonly buffer: ChartBuffer,
    private readonly least: boolean,
  ) {}

  add(i: number): void {
    const value = this.of(i);
    if (Number.isNaN(value)) return;
    while (this.kept.length > this.head) {
      const last = this.of(this.kept[this.kept.length - 1]!);
      if (this.least ? last < value : last > value) break;
      this.kept.pop();
    }
    this.kept.push(i);
  }

  value(start: number): number {
    while (this.head < this.kept.length && this.kept[this.head]! < start) this.head += 1;
    const held = this.kept[this.head];
    return held === undefined ? Number.NaN : this.of(held);
  }

  private of(i: number): number {
    return this.least ? this.buffer.min(i) : this.buffer.max(i);
  }
}

/** Fills `times` (ms) and `values` with those in view; points before `from` only feed the window. */
export function slide(
  buffer: ChartBuffer,
  { stat, windowMs }: Overlay,
  from: number,
  to: number,
  times: number[],
  values: number[],
): void {
  times.length = 0;
  values.length = 0;
  const sliding = stat === 'mean' ? new SlidingMean(buffer) : new SlidingExtreme(buffer, stat === 'min');
  let start = 0;
  for (let i = 0; i < buffer.length && buffer.time(i) <= to; i += 1) {
    const time = buffer.time(i);
    sliding.add(i);
    while (buffer.time(start) <= time - windowMs) start += 1;
    const value = sliding.value(start, i);
    if (time < from) continue;
    times.push(time);
    values.push(value);
  }
}
