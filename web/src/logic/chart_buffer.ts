// One series of a chart: history from the store, then what comes live, without doubles and with gaps as gaps.
//
// History comes as readings (step 0) or as aligned buckets. Live readings behind it are appended as they are, or
// put into buckets of the same step, so that a day's chart does not grow by a point per reading. A live reading is
// taken only when the query cannot have seen it.
import { BucketSpread } from './bucket_spread.ts';

/** From the first of some readings to the last, in ms. */
export type Run = readonly [number, number];

export interface HistoryColumns {
  /** Start of a bucket, or a reading's time; ascending. */
  readonly times: readonly number[];
  readonly means: readonly (number | null)[];
  readonly mins: readonly (number | null)[] | null;
  readonly maxs: readonly (number | null)[] | null;
  readonly counts: readonly (number | null)[] | null;
  /** Width of a bucket in ms; 0: readings. */
  readonly step: number;
  /** End of what was asked for, exclusive. */
  readonly to: number;
  /** Of each percentile that the buffer keeps; null where the answer has readings. */
  readonly percentiles?: readonly (readonly (number | null)[] | null)[];
  /** Readings whose time or value is uncertain. */
  readonly uncertain?: readonly Run[];
}

const GAP_INTERVALS = 3;
const GAP_STEPS = 1.5;
/** Points kept at most; beyond, the oldest half goes. */
export const MAX_POINTS = 100_000;
const MOST_RUNS = 2_048;

export class ChartBuffer {
  private capacity = 1024;
  private columns = makeColumns(this.capacity);
  private spreads: Float64Array[];
  private readonly spread = new BucketSpread();
  /** The bucket that `spread` is of. */
  private spreadOf = -1;
  private runs: [number, number][] = [];
  private doubtful = false;
  private count = 0;
  private step = 0;
  /** Of buckets: history has seen everything before this time. */
  private seenTo = Number.NEGATIVE_INFINITY;
  /** Readings up to here are in: two subscriptions may bring the same one. */
  private newest = Number.NEGATIVE_INFINITY;
  private pending: [number, number, boolean][] | null = [];
  private gap = Number.POSITIVE_INFINITY;

  /** `percents`: percentiles that are kept of each bucket, ascending. */
  constructor(readonly percents: readonly number[] = []) {
    this.spreads = percents.map(() => new Float64Array(this.capacity));
  }

  get length(): number {
    return this.count;
  }

  get stepMs(): number {
    return this.step;
  }

  get gapMs(): number {
    return this.gap;
  }

  time(i: number): number {
    return this.columns.times[i]!;
  }

  mean(i: number): number {
    return this.columns.means[i]!;
  }

  min(i: number): number {
    return this.columns.mins[i]!;
  }

  max(i: number): number {
    return this.columns.maxs[i]!;
  }

  /** The percentile `percents[k]` of a point. */
  percentile(k: number, i: number): number {
    return this.spreads[k]![i]!;
  }

  /** Readings that are uncertain, in the order of time. */
  get uncertain(): readonly Run[] {
    return this.runs;
  }

  /** Whether one of the readings that a point stands for is. */
  isUncertain(i: number): boolean {
    const begin = this.time(i);
    return this.runs.some(([from, to]) => to >= begin && from <= begin + this.step);
  }

  /** Readings that a point stands for. */
  weight(i: number): number {
    return this.columns.counts[i]! || 1;
  }

  /** The first point that is not before `time`; `length` when there is none. */
  firstAt(time: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.columns.times[middle]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The point nearest to `time` that is not further than a gap; -1: there is none. */
  nearest(time: number): number {
    const low = this.firstAt(time);
    const before = low - 1;
    const at =
      low >= this.count || (before >= 0 && time - this.time(before) <= this.time(low) - time) ? before : low;
    return at >= 0 && Math.abs(this.time(at) - time) <= this.gap ? at : -1;
  }

  /** A query is under way: live readings wait, because it may have seen them. */
  hold(): void {
    this.pending ??= [];
  }

  /** It failed: what is there stays, what waited is appended. */
  release(): void {
    const waiting = this.pending ?? [];
    this.pending = null;
    for (const [time, value, uncertain] of waiting) this.append(time, value, uncertain);
  }

  /** Replaces everything by history, then appends what came live meanwhile. */
  load(history: HistoryColumns): void {
    this.count = 0;
    this.step = history.step;
    for (let i = 0; i < history.times.length; i += 1) {
      const mean = history.means[i] ?? Number.NaN;
      const amount = history.counts?.[i] ?? (Number.isNaN(mean) ? 0 : 1);
      this.push(history.times[i]!, mean, history.mins?.[i] ?? mean, history.maxs?.[i] ?? mean, amount);
      for (let k = 0; k < this.spreads.length; k += 1)
        this.spreads[k]![this.count - 1] = history.percentiles?.[k]?.[i] ?? mean;
    }
    this.spreadOf = -1;
    this.runs = (history.uncertain ?? []).map(([from, to]) => [from, to]);
    this.gap = gapOf(this.columns.times, this.count, this.step);
    const last = this.count > 0 ? this.columns.times[this.count - 1]! : Number.NEGATIVE_INFINITY;
    // Of readings the last one tells what was seen; of buckets only the end of the question does.
    this.seenTo = this.step > 0 ? history.to : Number.NEGATIVE_INFINITY;
    this.newest = last;
    const end = this.runs[this.runs.length - 1]?.[1];
    this.doubtful = end !== undefined && end >= last;
    this.release();
  }

  add(time: number, value: number, uncertain = false): void {
    if (this.pending !== null) {
      if (this.pending.length < MAX_POINTS) this.pending.push([time, value, uncertain]);
      return;
    }
    this.append(time, value, uncertain);
  }

  private append(time: number, value: number, uncertain: boolean): void {
    if (time <= this.newest || time < this.seenTo) return;
    this.newest = time;
    this.doubt(time, uncertain);
    if (this.step === 0) {
      this.push(time, value, value, value, Number.isNaN(value) ? 0 : 1);
      // What is usual gets clearer as readings come: looked at again each time their number doubles.
      if ((this.count & (this.count - 1)) === 0) this.gap = gapOf(this.columns.times, this.count, 0);
      return;
    }
    const bucket = Math.floor(time / this.step) * this.step;
    const last = this.count - 1;
    if (last < 0 || this.columns.times[last]! < bucket)
      this.push(bucket, Number.NaN, Number.NaN, Number.NaN, 0);
    else if (this.columns.times[last]! > bucket) return;
    if (!Number.isNaN(value)) this.merge(this.count - 1, value);
  }

  /** A run goes on until a reading is certain. */
  private doubt(time: number, uncertain: boolean): void {
    const last = this.runs[this.runs.length - 1];
    if (uncertain && this.doubtful && last !== undefined) last[1] = time;
    else if (uncertain) this.runs.push([time, time]);
    this.doubtful = uncertain;
    if (this.runs.length > MOST_RUNS) this.runs.splice(0, this.runs.length - MOST_RUNS);
  }

  private merge(i: number, value: number): void {
    const { means, mins, maxs, counts } = this.columns;
    const before = counts[i]!;
    this.spreadOut(i, value, before);
    means[i] = before === 0 ? value : means[i]! + (value - means[i]!) / (before + 1);
    mins[i] = before === 0 ? value : Math.min(mins[i]!, value);
    maxs[i] = before === 0 ? value : Math.max(maxs[i]!, value);
    counts[i] = before + 1;
  }

  /** Before the bucket's other columns take the value. */
  private spreadOut(i: number, value: number, before: number): void {
    if (this.spreads.length === 0) return;
    if (this.spreadOf !== i) {
      this.spreadOf = i;
      this.spread.begin(before === 0 ? null : { count: before, knots: this.knots(i) });
    }
    this.spread.add(value);
    this.spreads.forEach((column, k) => {
      column[i] = this.spread.quantile(this.percents[k]! / 100);
    });
  }

  private knots(i: number): [number, number][] {
    const inner = this.percents.map((percent, k): [number, number] => [percent / 100, this.percentile(k, i)]);
    return [[0, this.min(i)], ...inner, [1, this.max(i)]];
  }

  private push(time: number, mean: number, min: number, max: number, amount: number): void {
    if (this.count === MAX_POINTS) this.dropOldestHalf();
    if (this.count === this.capacity) this.grow();
    const c = this.columns;
    c.times[this.count] = time;
    c.means[this.count] = mean;
    c.mins[this.count] = min;
    c.maxs[this.count] = max;
    c.counts[this.count] = amount;
    for (const column of this.spreads) column[this.count] = mean;
    this.count += 1;
  }

  private grow(): void {
    this.capacity *= 2;
    const wider = makeColumns(this.capacity);
    for (const name of COLUMN_NAMES) wider[name].set(this.columns[name]);
    this.columns = wider;
    this.spreads = this.spreads.map((column) => {
      const longer = new Float64Array(this.capacity);
      longer.set(column);
      return longer;
    });
  }

  private dropOldestHalf(): void {
    const half = this.count >> 1;
    for (const name of COLUMN_NAMES) this.columns[name].copyWithin(0, half, this.count);
    for (const column of this.spreads) column.copyWithin(0, half, this.count);
    this.count -= half;
    this.spreadOf = -1;
  }
}

const COLUMN_NAMES = ['times', 'means', 'mins', 'maxs', 'counts'] as const;
type Columns = Record<(typeof COLUMN_NAMES)[number], Float64Array>;

function makeColumns(capacity: number): Columns {
  return {
    times: new Float64Array(capacity),
    means: new Float64Array(capacity),
    mins: new Float64Array(capacity),
    maxs: new Float64Array(capacity),
    counts: new Float64Array(capacity),
  };
}

/** The distance in time from which two neighbours are not joined: thrice the usual one. */
function gapOf(times: Float64Array, count: number, step: number): number {
  if (count < 3) return Number.POSITIVE_INFINITY;
  const distances = new Float64Array(count - 1);
  for (let i = 1; i < count; i += 1) distances[i - 1] = times[i]! - times[i - 1]!;
  distances.sort();
  return Math.max(GAP_INTERVALS * distances[distances.length >> 1]!, GAP_STEPS * step);
}
