// What a tile shows, as signals: an update touches the text nodes that change, and nothing else.
import { type Signal, signal } from '@preact/signals';
import type { Quality } from '../api/wire.ts';
import { formatAge } from '../logic/freshness.ts';
import { MISSING } from '../logic/number_format.ts';
import type { SeriesEntry } from '../logic/series_store.ts';

export class TileModel {
  readonly value: Signal<string> = signal(MISSING);
  readonly unit: Signal<string>;
  readonly quality: Signal<Quality> = signal('good');
  readonly age: Signal<string> = signal('');
  /** Since the sparkline's begin, with its sign; empty while nothing can be said. */
  readonly change: Signal<string> = signal('');
  /** Grows when the sparkline has to be drawn again. */
  readonly drawn: Signal<number> = signal(0);

  constructor(readonly entry: SeriesEntry) {
    this.unit = signal(entry.info.unit);
  }

  refresh(now: number): void {
    const { entry } = this;
    if (entry.known) {
      const { value } = entry;
      if (typeof value === 'number') {
        const formatted = this.formatNumber(value);
        this.value.value = formatted.number;
        this.unit.value = formatted.unit;
      } else {
        this.value.value = value ?? MISSING;
      }
    }
    this.refreshAge(now);
  }

  refreshAge(now: number): void {
    if (!this.entry.known) return;
    this.quality.value = this.entry.qualityAt(now);
    this.age.value = formatAge(this.entry.ageAt(now));
  }

  redraw(): void {
    this.drawn.value += 1;
    this.change.value = this.sayChange();
  }

  private sayChange(): string {
    const { entry } = this;
    if (typeof entry.value !== 'number' || entry.states !== null) return '';
    const change = entry.spark.changeTo(entry.value);
    if (Number.isNaN(change)) return '';
    const { number, unit } = entry.style.formatChange(Math.abs(change));
    if (!/[1-9]/.test(number)) return '';
    const sign = change > 0 ? '+' : '\u2212';
    // The value's own unit goes without saying; another prefix does not.
    return unit === this.unit.peek() ? `${sign}${number}` : `${sign}${number} ${unit}`;
  }

  private formatNumber(value: number): { number: string; unit: string } {
    const { states } = this.entry;
    if (states !== null && states.nameOf(value) !== '') return { number: states.nameOf(value), unit: '' };
    return this.entry.style.format(value);
  }
}
