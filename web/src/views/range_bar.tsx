// Which span the charts show, and the way back to now.
import type { ExploreState } from '../app/explore_state.ts';
import { formatSpan, PRESETS } from '../logic/time_range.ts';
import './range_bar.css';

export function RangeBar({ state }: { readonly state: ExploreState }) {
  const range = state.range.value;
  const live = range.kind === 'live';
  const chosen = live ? formatSpan(range.spanMs) : '';
  return (
    <div class="range-bar">
      <fieldset class="range-presets">
        <legend class="visually-hidden">Span</legend>
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
      <button
        type="button"
        class="button range-live"
        aria-pressed={live}
        title="Follow now ( L )"
        onClick={() => state.live()}
      >
        Live
      </button>
    </div>
  );
}
