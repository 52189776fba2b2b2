// A sparkline's points: one per bucket of time, so that a fast series does not push the last ten minutes out.
// A bucket holds the mean of its numbers; a state's bucket the last one.
import { Ring } from './ring.ts';

export const SPARK_SPAN_MS = 600_000;
export const SPARK_POINTS = 120;
export const BUCKET_MS = SPARK_SPAN_MS / SPARK_POINTS;

export class SparkRing {
  readonly points = new Ring(SPARK_POINTS + 1);
  private bucket = Number.NEGATIVE_INFINITY;
  private sum = 0;
  private count = 0;

  constructor(private readonly keepsLast: boolean) {}

  /** In the order of time; older ones are left out. */
  add(time: number, value: number): void {
    const bucket = Math.floor(time / BUCKET_MS);
    if (bucket < this.bucket) return;
    if (bucket > this.bucket) {
      this.bucket = bucket;
      this.sum = 0;
      this.count = 0;
      this.points.push(bucket * BUCKET_MS, Number.NaN);
    }
    if (Number.isNaN(value)) return;
    this.sum = this.keepsLast ? value : this.sum + value;
    this.count = this.keepsLast ? 1 : this.count + 1;
    this.points.amendLast(this.sum / this.count);
  }

  /** From the oldest point to `value`; NaN without two of them. */
  changeTo(value: number): number {
    if (this.points.length < 2) return Number.NaN;
    for (let i = 0; i < this.points.length - 1; i += 1) {
      const first = this.points.value(i);
      if (!Number.isNaN(first)) return value - first;
    }
    return Number.NaN;
  }

  /** Puts history in front of what has come live since. */
  fill(times: readonly number[], values: readonly number[]): void {
    const live: [number, number][] = [];
    for (let i = 0; i < this.points.length; i += 1) live.push([this.points.time(i), this.points.value(i)]);
    this.points.clear();
    this.bucket = Number.NEGATIVE_INFINITY;
    const firstLive = live[0]?.[0] ?? Number.POSITIVE_INFINITY;
    for (let i = 0; i < times.length; i += 1) {
      if (times[i]! < firstLive) this.add(times[i]!, values[i]!);
    }
    for (const [time, value] of live) this.add(time, value);
  }
}
