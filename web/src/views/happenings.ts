// What happened in the span that is looked at, newest first: asked of the device, and added to as it happens.
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { fetchQuery, Refused } from '../api/http.ts';
import type { ExploreState } from '../app/explore_state.ts';
import { type Happening, mergeHappenings } from '../logic/happenings.ts';
import { toTexts } from '../logic/query_columns.ts';
import { boundsOf } from '../logic/time_range.ts';
import { useApp } from './context.ts';

const POINTS = 500;
/** Moves of the view within it ask once. */
const SETTLE_MS = 150;

export interface Happenings {
  readonly list: Signal<readonly Happening[]>;
  readonly problem: Signal<string>;
}

/** `say`: what an event is called there; null: it is left out. */
export function useHappenings(
  keys: readonly string[],
  state: ExploreState,
  say: (key: string, text: string) => string | null = (_, text) => text,
): Happenings {
  const app = useApp();
  const list = useSignal<readonly Happening[]>([]);
  const problem = useSignal('');
  const range = state.range.value;
  const session = app.session.value;
  const names = keys.join(' ');
  useEffect(() => {
    if (keys.length === 0) return;
    const { from, to } = boundsOf(range, app.clock.now());
    const abort = new AbortController();
    const ask = () =>
      fetchQuery(
        { series: keys, from: Math.floor(from), to: Math.ceil(to), points: POINTS },
        abort.signal,
      ).then(
        (answer) => {
          const found = answer.series
            .filter(({ key }) => keys.includes(key))
            .flatMap((one) =>
              toTexts(one).flatMap(({ time, text }) => {
                const said = say(one.key, text);
                return said === null ? [] : [{ time, text: said }];
              }),
            );
          const before = range.kind === 'live' ? list.value.filter(({ time }) => time >= from) : [];
          list.value = mergeHappenings(before, found);
          problem.value = '';
        },
        (error: unknown) => {
          if (error instanceof Refused) problem.value = error.message;
        },
      );
    const timer = setTimeout(() => void ask(), SETTLE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [names, range, session]);
  useEffect(() => {
    const ends = keys.map((key) =>
      app.follow(key, ({ time, value }) => {
        if (state.range.peek().kind !== 'live' || typeof value !== 'string') return;
        const said = say(key, value);
        if (said !== null) list.value = mergeHappenings([{ time, text: said }], list.value);
      }),
    );
    return () => {
      for (const end of ends) end();
    };
  }, [names]);
  return { list, problem };
}
