// Whose time the page says: that of this browser, or that of the device, which is what stands in its own logs and beside
// the machine. Remembered by the browser where it lets us; an address may say it too.
import { computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { isKnownZone, speakZone } from '../logic/time_zone.ts';

export type ZoneSource = 'browser' | 'device';
const STORED_AS = 'telltale.zone';
const ZONE_STORED_AS = 'telltale.zone-of-device';

export class ZoneChoice {
  readonly choice: Signal<ZoneSource>;
  /** The zone that the device is set to; empty: it has not said, or this browser does not have it. */
  readonly device: Signal<string>;
  /** The name of the zone that is spoken; undefined: the browser's own. */
  readonly spoken: ReadonlySignal<string | undefined>;

  /** `told`: what the address says. */
  constructor(told: ZoneSource | null) {
    this.choice = signal(told ?? (recall(STORED_AS) === 'device' ? 'device' : 'browser'));
    const before = recall(ZONE_STORED_AS);
    this.device = signal(isKnownZone(before) ? before : '');
    this.spoken = computed(() =>
      this.choice.value === 'device' && this.device.value !== '' ? this.device.value : undefined,
    );
    speakZone(this.spoken.peek());
  }

  choose(source: ZoneSource): void {
    keep(STORED_AS, source);
    this.choice.value = source;
    speakZone(this.spoken.peek());
  }

  /** What the device says. */
  learn(name: string): void {
    if (name === this.device.peek() || !isKnownZone(name)) return;
    keep(ZONE_STORED_AS, name);
    this.device.value = name;
    speakZone(this.spoken.peek());
  }
}

/** `tz=device` of an address. */
export function readZoneSource(query: URLSearchParams): ZoneSource | null {
  const text = query.get('tz');
  return text === 'device' || text === 'browser' ? text : null;
}

function recall(name: string): string {
  try {
    return localStorage.getItem(name) ?? '';
  } catch {
    return '';
  }
}

function keep(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // A browser that keeps nothing: the choice holds until the page is closed.
  }
}
