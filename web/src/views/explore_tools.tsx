// What can be done with a chart that is looked at: overlays, CSV and PNG of what is seen, a link that shows the same.
import { useSignal } from '@preact/signals';
import { BASE } from '../api/base.ts';
import type { ExploreState } from '../app/explore_state.ts';
import { boundsOf } from '../logic/time_range.ts';
import { useApp } from './context.ts';
import { copyText, saveFile } from './copy.ts';
import './explore_tools.css';

const OVERLAYS: readonly (readonly [string, string])[] = [
  ['', 'No overlay'],
  ['mean_10s', 'Mean of 10 s'],
  ['mean_1m', 'Mean of 1 min'],
  ['mean_15m', 'Mean of 15 min'],
  ['mean_1h', 'Mean of 1 h'],
  ['max_1m', 'Greatest of 1 min'],
  ['max_1h', 'Greatest of 1 h'],
  ['min_1m', 'Least of 1 min'],
  ['min_1h', 'Least of 1 h'],
];

interface Props {
  readonly state: ExploreState;
  readonly series: readonly string[];
  readonly overlays: readonly string[];
  readonly onOverlays: (overlays: readonly string[]) => void;
}

export function ExploreTools({ state, series, overlays, onOverlays }: Props) {
  const app = useApp();
  const copied = useSignal(false);
  const csv = () => {
    const { from, to } = boundsOf(state.range.peek(), app.clock.now());
    const keys = series.map((key) => `series=${encodeURIComponent(key)}`).join('&');
    const link = document.createElement('a');
    link.href = `${BASE}/api/v1/query?${keys}&from=${Math.floor(from)}&to=${Math.ceil(to)}&points=10000&format=csv`;
    link.download = 'telltale.csv';
    link.click();
  };
  const picture = async () => {
    const { takePicture } = await import('./chart/picture.ts');
    const blob = await takePicture(document.querySelector('.explore')!);
    if (blob !== null) saveFile('telltale.png', blob);
  };
  return (
    <div class="explore-tools">
      <select
        aria-label="Overlay"
        value={overlays[0] ?? ''}
        onChange={(event) => {
          const { value } = event.currentTarget;
          onOverlays(value === '' ? [] : [value]);
        }}
      >
        {overlays[0] !== undefined && !OVERLAYS.some(([value]) => value === overlays[0]) && (
          <option value={overlays[0]}>{overlays.join(', ')}</option>
        )}
        {OVERLAYS.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
      <button type="button" class="quiet" onClick={csv}>
        CSV
      </button>
      <button type="button" class="quiet" onClick={() => void picture()}>
        PNG
      </button>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          copied.value = copyText(location.href);
        }}
      >
        {copied.value ? 'Copied' : 'Copy link'}
      </button>
    </div>
  );
}
