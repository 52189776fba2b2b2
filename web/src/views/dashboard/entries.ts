// From what a panel chose to the entries whose readings it shows.
import { useEffect, useMemo } from 'preact/hooks';
import type { SeriesInfo } from '../../api/wire.ts';
import type { Chosen } from '../../logic/selector.ts';
import type { SeriesEntry } from '../../logic/series_store.ts';
import { useApp } from '../context.ts';

/** With statistics as entries of their own. The list is the same one as long as it holds the same entries. */
export function useEntries(chosen: readonly Chosen<SeriesInfo>[]): readonly SeriesEntry[] {
  const app = useApp();
  const found = chosen.flatMap(({ item, stat }) => {
    const entry = app.entry(item.key);
    if (entry === undefined) return [];
    return [stat === '' ? entry : app.statistic(entry, stat)];
  });
  const entries = useMemo(() => found, [found.length, ...found]);
  useEffect(() => {
    const statistics = entries.filter((entry) => entry.info.key.includes('@'));
    const ends = statistics.map((entry) => app.followStatistic(entry));
    return () => {
      for (const end of ends) end();
    };
  }, [entries]);
  return entries;
}

/** The series itself, whose past is drawn; a statistic has none of its own. */
export function useSources(chosen: readonly Chosen<SeriesInfo>[]): readonly SeriesEntry[] {
  const app = useApp();
  const found = [...new Set(chosen.flatMap(({ item }) => app.entry(item.key) ?? []))];
  return useMemo(() => found, [found.length, ...found]);
}
