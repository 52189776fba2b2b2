// Which span the charts show, and the way back to now.

import { useRef } from 'preact/hooks';
import type { ExploreState } from '../app/explore_state.ts';
import type { Comparison } from '../logic/compare.ts';
import { t } from '../logic/texts.ts';
import { rangeLabel } from '../logic/time_label.ts';
import { boundsOf, formatSpan, PRESETS } from '../logic/time_range.ts';
import { fieldText, fromFieldText, lastNight, startOfDay } from '../logic/time_zone.ts';
import { ComparisonChoice } from './comparison.tsx';
import { useApp } from './context.ts';
import { CopyLink } from './copy_link.tsx';
import { Replay } from './replay.tsx';
import { ZoneButton, ZoneFields } from './zone_toggle.tsx';
import './range_bar.css';

interface Props {
  readonly state: ExploreState;
  /** The address says what is compared. */
  readonly onCompare: (comparison: Comparison) => void;
}

function CustomRange({ state, onCompare }: Props) {
  const app = useApp();
  const from = useRef<HTMLInputElement>(null);
  const to = useRef<HTMLInputElement>(null);
  const place = useRef<HTMLDetailsElement>(null);
  const fill = () => {
    const bounds = boundsOf(state.range.peek(), app.clock.now());
    from.current!.value = fieldText(bounds.from);
    to.current!.value = fieldText(bounds.to);
  };
  const close = () => place.current?.removeAttribute('open');
  const apply = (event: Event) => {
    event.preventDefault();
    const [start, end] = [fromFieldText(from.current!.value), fromFieldText(to.current!.value)];
    if (!(start < end)) return;
    state.select(start, end);
    close();
  };
  const day = (daysAgo: number) => {
    const now = app.clock.now();
    state.select(startOfDay(now, daysAgo), startOfDay(now, daysAgo - 1));
    close();
  };
  const night = () => {
    const { from: begin, to: end } = lastNight(app.clock.now());
    state.select(begin, end);
    close();
  };
  const range = state.range.value;
  return (
    <details ref={place} class="range-custom" onToggle={fill}>
      <summary class="button" title={t('From and to')}>
        {range.kind === 'fixed' ? rangeLabel(range.from, range.to) : t('From – to')}
      </summary>
      <form class="card" onSubmit={apply}>
        <div class="range-days">
          <button type="button" class="quiet" onClick={() => day(0)}>
            {t('Today')}
          </button>
          <button type="button" class="quiet" onClick={() => day(1)}>
            {t('Yesterday')}
          </button>
          <button type="button" class="quiet" onClick={night}>
            {t('Last night')}
          </button>
        </div>
        <label>
          <span class="muted">{t('From')}</span>
          <input ref={from} type="datetime-local" step="1" />
        </label>
        <label>
          <span class="muted">{t('To')}</span>
          <input ref={to} type="datetime-local" step="1" />
        </label>
        <ZoneFields state={state} />
        <div class="range-compare">
          <ComparisonChoice state={state} onChange={onCompare} />
        </div>
        <button type="submit" class="button button-main">
          {t('Show')}
        </button>
      </form>
    </details>
  );
}

export function RangeBar({ state, onCompare }: Props) {
  const range = state.range.value;
  const live = range.kind === 'live';
  const chosen = live ? formatSpan(range.spanMs) : '';
  return (
    <div class="range-bar">
      <fieldset class="range-presets">
        <legend class="visually-hidden">{t('Span')}</legend>
        {PRESETS.map((preset) => (
          <button
            key={preset}
            type="button"
            aria-pressed={preset === chosen}
            onClick={() => state.preset(preset)}
          >
            {preset}
          </button>
        ))}
      </fieldset>
      <CustomRange state={state} onCompare={onCompare} />
      <ZoneButton state={state} />
      <button
        type="button"
        class="button range-icon"
        aria-pressed={state.marking.value}
        aria-label={t('Measure')}
        title={t('Measure: a drag marks a span ( M, or Alt with a drag )')}
        onClick={() => {
          state.marking.value = !state.marking.peek();
        }}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M3 5v14M21 5v14M7 12h10M10 9l-3 3 3 3M14 9l3 3-3 3" />
        </svg>
      </button>
      <Replay state={state} />
      <CopyLink state={state} />
      <button
        type="button"
        class="button range-live"
        aria-pressed={live}
        title={t('Follow now ( L )')}
        onClick={() => state.live()}
      >
        {t('Live')}
      </button>
    </div>
  );
}
