// Everything known of the series: what they are, their newest reading, the last ten minutes. Plain data; who shows
// it asks for what has changed since the last frame.
import type { Latest, Quality, SeriesInfo, Value } from '../api/wire.ts';
import { shownQuality } from './freshness.ts';
import { IntervalEstimate } from './interval.ts';
import { NumberStyle } from './number_format.ts';
import { toNumber } from './query_columns.ts';
import { SparkRing } from './spark_ring.ts';
import { StateScale } from './state_scale.ts';

/** Series that one page keeps; a device with more shows the first. */
export const MAX_SERIES = 20_000;

export class SeriesEntry {
  value: Value = null;
  time = Number.NEGATIVE_INFINITY;
  quality: Quality = 'good';
  readonly interval = new IntervalEstimate();
  readonly states: StateScale | null;
  readonly spark: SparkRing;
  readonly style: NumberStyle;
  /** Whether history has been asked for. */
  sparkAsked = false;

  constructor(readonly info: SeriesInfo) {
    this.states = info.kind === 'state' ? new StateScale(info.states) : null;
    this.spark = new SparkRing(info.kind === 'state');
    this.style = new NumberStyle(info.unit, info.decimals);
  }

  get known(): boolean {
    return this.time > Number.NEGATIVE_INFINITY;
  }

  ageAt(now: number): number {
    return Math.max(0, now - this.time);
  }

  qualityAt(now: number): Quality {
    // An event happened when it happened: silence after it is no fault.
    if (this.info.kind === 'event') return this.quality;
    return shownQuality(this.quality, this.ageAt(now), this.interval.usualMs);
  }

  apply(time: number, value: Value, quality: Quality): boolean {
    if (time < this.time) return false;
    if (time === this.time && value === this.value && quality === this.quality) return false;
    this.interval.observe(time);
    this.time = time;
    this.value = value;
    this.quality = quality;
    if (this.info.kind !== 'event') this.spark.add(time, toNumber(value, this.states));
    return true;
  }
}

export class SeriesStore {
  private readonly entries = new Map<string, SeriesEntry>();
  private dirty = new Set<SeriesEntry>();
  /** Grows when the set of series, or what one of them is, changes. */
  generation = 0;

  get size(): number {
    return this.entries.size;
  }

  all(): Iterable<SeriesEntry> {
    return this.entries.values();
  }

  get(key: string): SeriesEntry | undefined {
    return this.entries.get(key);
  }

  /** The whole catalogue: what is not in it is gone. */
  replaceAll(list: readonly SeriesInfo[]): void {
    const seen = new Set<string>();
    for (const info of list) {
      seen.add(info.key);
      this.declare(info);
    }
    for (const key of [...this.entries.keys()]) {
      if (seen.has(key)) continue;
      this.entries.delete(key);
      this.generation += 1;
    }
  }

  declare(info: SeriesInfo): void {
    const old = this.entries.get(info.key);
    if (old !== undefined && sameInfo(old.info, info)) return;
    if (old === undefined && this.entries.size >= MAX_SERIES) return;
    const entry = new SeriesEntry(info);
    if (old?.known === true) entry.apply(old.time, old.value, old.quality);
    this.entries.set(info.key, entry);
    this.generation += 1;
  }

  apply(latest: Latest): void {
    const entry = this.entries.get(latest.key);
    if (entry?.apply(latest.time, latest.value, latest.quality) === true) this.dirty.add(entry);
  }

  touch(entry: SeriesEntry): void {
    this.dirty.add(entry);
  }

  takeDirty(): Set<SeriesEntry> {
    const taken = this.dirty;
    if (taken.size > 0) this.dirty = new Set();
    return taken;
  }
}

function sameInfo(a: SeriesInfo, b: SeriesInfo): boolean {
  return (
    a.input === b.input &&
    a.unit === b.unit &&
    a.kind === b.kind &&
    a.title === b.title &&
    a.decimals === b.decimals &&
    a.range?.[0] === b.range?.[0] &&
    a.range?.[1] === b.range?.[1] &&
    JSON.stringify(a.states) === JSON.stringify(b.states)
  );
}
