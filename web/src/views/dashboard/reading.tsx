// One value as a panel shows it: number, unit, quality, age, and which of the panel's ranges it is in.
import { computed, type ReadonlySignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Level, Panel } from '../../logic/dashboard_doc.ts';
import { levelAt } from '../../logic/levels.ts';
import { NumberStyle } from '../../logic/number_format.ts';
import type { SeriesEntry } from '../../logic/series_store.ts';
import { stateColour } from '../../logic/state_colour.ts';
import { useApp } from '../context.ts';
import { watchVisibility } from '../visibility.ts';

export interface Reading {
  readonly value: ReadonlySignal<string>;
  readonly unit: ReadonlySignal<string>;
  readonly quality: ReadonlySignal<string>;
  readonly age: ReadonlySignal<string>;
  readonly level: ReadonlySignal<Level | ''>;
  readonly levelName: ReadonlySignal<string>;
  /** NaN when it is no number. */
  readonly number: ReadonlySignal<number>;
}

export function useReading(entry: SeriesEntry, panel: Panel): Reading {
  const app = useApp();
  const model = app.tile(entry);
  return useMemo(() => {
    const own =
      panel.decimals === null && panel.unit === null
        ? null
        : new NumberStyle(panel.unit ?? entry.info.unit, panel.decimals ?? entry.info.decimals);
    const formatted = computed(() => {
      const shown = { number: model.value.value, unit: model.unit.value };
      if (own === null || typeof entry.value !== 'number' || entry.states !== null) return shown;
      return own.format(entry.value);
    });
    const number = computed(() => {
      model.value.value;
      model.age.value;
      return typeof entry.value === 'number' ? entry.value : Number.NaN;
    });
    const at = computed(() => levelAt(panel.thresholds, number.value));
    return {
      value: computed(() => formatted.value.number),
      unit: computed(() => formatted.value.unit),
      quality: model.quality,
      age: model.age,
      number,
      level: computed(() => at.value?.level ?? ''),
      levelName: computed(() => at.value?.name ?? ''),
    };
  }, [entry, model, panel]);
}

/** Subscribes a series while its element is in view. */
export function useInView(entry: SeriesEntry) {
  const app = useApp();
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (entry.info.key.includes('@')) return;
    return watchVisibility(frame.current!, (visible) => app.setVisible(entry, visible));
  }, [entry]);
  return frame;
}

/** The dot of a state's colour; of a number, that of its range. */
export function StateDot({ entry, reading }: { readonly entry: SeriesEntry; readonly reading: Reading }) {
  if (entry.states !== null) {
    const name = reading.value.value;
    return (
      <span
        class="state-dot"
        data-colour={stateColour(name, entry.states.indexOf(name))}
        aria-hidden="true"
      />
    );
  }
  const level = reading.level.value;
  return level === '' ? null : <span class="level-dot" data-level={level} aria-hidden="true" />;
}
