// Fills sparklines from the store: what becomes visible is asked for, many names in one query, few queries at once.
import { fetchQuery } from '../api/http.ts';
import { toHistory, usualInterval } from '../logic/query_columns.ts';
import { parseSeriesKey } from '../logic/series_key.ts';
import type { SeriesEntry, SeriesStore } from '../logic/series_store.ts';
import { SPARK_POINTS } from '../logic/spark_ring.ts';

/** Limits of a selector: 64 alternatives and 1,024 bytes. */
const MAX_NAMES = 48;
const MAX_CHARS = 700;
const AT_ONCE = 2;
const GATHER_MS = 30;

export class SparkLoader {
  private readonly waiting = new Set<SeriesEntry>();
  private running = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: SeriesStore,
    private readonly onFilled: (entry: SeriesEntry) => void,
  ) {}

  ask(entry: SeriesEntry): void {
    if (entry.sparkAsked || entry.info.kind === 'event') return;
    entry.sparkAsked = true;
    this.waiting.add(entry);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.pump();
    }, GATHER_MS);
  }

  /** After a lost connection: everything that is shown is asked for again. */
  forget(): void {
    for (const entry of this.store.all()) entry.sparkAsked = false;
  }

  private pump(): void {
    while (this.running < AT_ONCE && this.waiting.size > 0) {
      const names = new Set<string>();
      let chars = 0;
      for (const entry of this.waiting) {
        const { name } = parseSeriesKey(entry.info.key);
        if (!names.has(name)) {
          if (names.size >= MAX_NAMES || (names.size > 0 && chars + name.length > MAX_CHARS)) break;
          names.add(name);
          chars += name.length + 1;
        }
        this.waiting.delete(entry);
      }
      this.running += 1;
      void this.load([...names]).finally(() => {
        this.running -= 1;
        this.pump();
      });
    }
  }

  private async load(names: readonly string[]): Promise<void> {
    const series = names.length === 1 ? names[0]! : `{${names.join(',')}}`;
    try {
      const answer = await fetchQuery({ series, from: 'now-10m', points: SPARK_POINTS });
      for (const item of answer.series) {
        const entry = this.store.get(item.key);
        if (entry === undefined || entry.info.kind === 'event') continue;
        const history = toHistory(answer, item, entry.states);
        entry.spark.fill(
          history.times,
          history.means.map((mean) => mean ?? Number.NaN),
        );
        entry.interval.suggest(usualInterval(history));
        this.onFilled(entry);
      }
    } catch {
      // A sparkline without a past is no reason to complain; it grows from now on.
    }
  }
}
