// Whose time is said, the browser's or the device's: in the fields of a span, and beside it wherever the two differ.
import type { ExploreState } from '../app/explore_state.ts';
import type { ZoneSource } from '../app/zone_choice.ts';
import { t } from '../logic/texts.ts';
import { zoneLabel } from '../logic/time_label.ts';
import { offsetOfZone } from '../logic/time_zone.ts';
import { useApp } from './context.ts';

const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

function useChoose(state: ExploreState): (source: ZoneSource) => void {
  const app = useApp();
  return (source) => {
    // The page is drawn anew from its address.
    state.settle();
    app.router.chooseZone(source);
  };
}

export function ZoneFields({ state }: { readonly state: ExploreState }) {
  const { zone } = useApp().router;
  const choose = useChoose(state);
  const device = zone.device.value;
  const choices: readonly (readonly [ZoneSource, string, string])[] = [
    ['browser', t('Browser time'), ownZone()],
    ['device', t('Device time'), device],
  ];
  return (
    <fieldset class="range-zone" disabled={device === ''}>
      <legend class="visually-hidden">{t('Time zone')}</legend>
      {choices.map(([source, name, place]) => (
        <label key={source}>
          <input
            type="radio"
            name="zone"
            checked={zone.choice.value === source}
            onChange={() => choose(source)}
          />
          <span>{name}</span>
          <span class="muted">{place === '' ? t('not known') : place.replaceAll('_', ' ')}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function ZoneButton({ state }: { readonly state: ExploreState }) {
  const app = useApp();
  const { zone } = app.router;
  const choose = useChoose(state);
  const device = zone.device.value;
  const now = app.clock.now();
  if (device === '' || offsetOfZone(device, now) === offsetOfZone(ownZone(), now)) return null;
  const ofDevice = zone.choice.value === 'device';
  return (
    <button
      type="button"
      class="button range-zone-button"
      aria-pressed={ofDevice}
      aria-label={t('Device time')}
      title={
        ofDevice
          ? t('Times of the device, {zone}. Click: of this browser', { zone: device })
          : t('Times of this browser, {zone}. Click: of the device', { zone: ownZone() })
      }
      onClick={() => choose(ofDevice ? 'browser' : 'device')}
    >
      <span class="range-zone-source">{ofDevice ? t('Device') : t('Browser')} </span>
      {zoneLabel(now)}
    </button>
  );
}
