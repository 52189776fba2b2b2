// What can be done with a chart that is looked at: overlays, bands, CSV and PNG of what is seen.

import { BASE } from '../api/base.ts';
import type { ExploreState } from '../app/explore_state.ts';
import { mark, t } from '../logic/texts.ts';
import { boundsOf } from '../logic/time_range.ts';
import { useApp } from './context.ts';
import { saveFile } from './copy.ts';
import './explore_tools.css';

const OVERLAYS: readonly (readonly [string, string])[] = [
  ['', mark('No overlay')],
  ['mean_10s', mark('Mean of 10 s')],
  ['mean_1m', mark('Mean of 1 min')],
  ['mean_15m', mark('Mean of 15 min')],
  ['mean_1h', mark('Mean of 1 h')],
  ['max_1m', mark('Greatest of 1 min')],
  ['max_1h', mark('Greatest of 1 h')],
  ['min_1m', mark('Least of 1 min')],
  ['min_1h', mark('Least of 1 h')],
];

interface Props {
  readonly state: ExploreState;
  readonly series: readonly string[];
  readonly overlays: readonly string[];
  readonly onOverlays: (overlays: readonly string[]) => void;
  readonly bands: readonly string[];
  readonly onBands: (bands: readonly string[]) => void;
}

const BANDS: readonly (readonly [string, string])[] = [
  ['', mark('Band: least to greatest')],
  ['p5-p95', mark('Band: 5 to 95 %')],
  ['p5-p95 p25-p75', mark('Bands: 5 to 95 %, 25 to 75 %')],
];

export function ExploreTools({ state, series, overlays, onOverlays, bands, onBands }: Props) {
  const app = useApp();
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
        aria-label={t('Overlay')}
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
            {t(name)}
          </option>
        ))}
      </select>
      <select
        aria-label={t('Band')}
        value={bands.join(' ')}
        onChange={(event) => {
          const { value } = event.currentTarget;
          onBands(value === '' ? [] : value.split(' '));
        }}
      >
        {!BANDS.some(([value]) => value === bands.join(' ')) && (
          <option value={bands.join(' ')}>{bands.join(', ')}</option>
        )}
        {BANDS.map(([value, name]) => (
          <option key={value} value={value}>
            {t(name)}
          </option>
        ))}
      </select>
      <button type="button" class="quiet" onClick={csv}>
        {t('CSV')}
      </button>
      <button type="button" class="quiet" onClick={() => void picture()}>
        {t('PNG')}
      </button>
      <button type="button" class="quiet" onClick={() => app.pin(series)}>
        {t('Pin to a dashboard')}
      </button>
    </div>
  );
}
