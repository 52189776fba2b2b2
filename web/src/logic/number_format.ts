// Numbers that do not jump: each series has one style, a prefix and a count of decimals, which follows the values
// with hysteresis and never flickers between two.

import { locale as spokenLocale } from './texts.ts';

/** Units that take an SI prefix when the number is large. Bytes are powers of 1000, as disks and networks count. */
const SCALED = new Set(['B', 'B/s', 'bit/s', 'Hz', 'W', 'Wh', 'J', 'V', 'A', 'Pa', 'VA', 'var', 'lm', 'g']);
const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P'] as const;
const SIGNIFICANT = 4;
/** Decimals that a source wrote on purpose (`37.125`) are shown as they are up to here. */
const WRITTEN_DECIMALS = 3;
/** A prefix is kept until the number is well below it. */
const KEEP_BELOW = 0.7;

/** Seconds from which hours, and days, are said instead. */
const HOURS_FROM = 10_000;
const DAYS_FROM = 172_800;

export interface Formatted {
  readonly number: string;
  readonly unit: string;
}

export const MISSING = '–';

/** Decimals of the shortest text that is this double. */
export function decimalsOf(value: number): number {
  const text = String(Math.abs(value));
  const exponent = text.indexOf('e');
  const mantissa = exponent < 0 ? text : text.slice(0, exponent);
  const dot = mantissa.indexOf('.');
  const written = dot < 0 ? 0 : mantissa.length - dot - 1;
  return Math.max(0, written - (exponent < 0 ? 0 : Number(text.slice(exponent + 1))));
}

const integerFormat = new Map<string, Intl.NumberFormat>();

/** Fixed decimals, in the reader's locale; grouped from five digits on. */
export function formatFixed(value: number, decimals: number, locale?: string): string {
  const group = Math.abs(value) >= 10_000;
  const id = `${locale ?? ''}|${decimals}|${group}`;
  let format = integerFormat.get(id);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale ?? spokenLocale(), {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      useGrouping: group,
    });
    integerFormat.set(id, format);
  }
  return format.format(Object.is(Math.round(value * 10 ** decimals), -0) ? 0 : value);
}

export class NumberStyle {
  private prefix = 0;
  private decimals = 0;
  private readonly scaled: boolean;

  constructor(
    readonly unit: string,
    /** From the source; fixes the decimals of what has no prefix. */
    private readonly fixedDecimals: number | null = null,
    private readonly locale?: string,
  ) {
    this.scaled = SCALED.has(unit);
  }

  format(value: number): Formatted {
    if (!Number.isFinite(value)) return { number: MISSING, unit: this.unit };
    const magnitude = Math.abs(value);
    if (this.scaled) this.follow(magnitude);
    if (this.unit === 's' && magnitude >= HOURS_FROM) return this.formatLong(value, magnitude);
    if (this.prefix > 0) {
      const scaledValue = value / 1000 ** this.prefix;
      const decimals = Math.abs(scaledValue) >= 99.95 ? 1 : 2;
      return {
        number: formatFixed(scaledValue, decimals, this.locale),
        unit: PREFIXES[this.prefix] + this.unit,
      };
    }
    if (magnitude >= 1e12 || (magnitude > 0 && magnitude < 1e-6)) {
      return { number: value.toExponential(2), unit: this.unit };
    }
    return { number: formatFixed(value, this.decimalsFor(value, magnitude), this.locale), unit: this.unit };
  }

  /** A difference of two values: as exact as they are, whatever its own digits say. */
  formatChange(change: number): Formatted {
    if (!Number.isFinite(change)) return { number: MISSING, unit: this.unit };
    if (this.scaled || this.unit === 's') return new NumberStyle(this.unit, null, this.locale).format(change);
    return { number: formatFixed(change, this.shownDecimals, this.locale), unit: this.unit };
  }

  /** What was computed of values, a mean: as exact as they are, and a digit of whole numbers. */
  formatComputed(value: number): Formatted {
    if (!Number.isFinite(value)) return { number: MISSING, unit: this.unit };
    if (this.scaled || (this.unit === 's' && Math.abs(value) >= HOURS_FROM)) return this.format(value);
    const decimals = this.fixedDecimals ?? Math.max(1, this.decimals);
    const small = smallNumber(Math.abs(value));
    return { number: formatFixed(value, Math.max(decimals, small), this.locale), unit: this.unit };
  }

  private get shownDecimals(): number {
    return this.fixedDecimals ?? this.decimals;
  }

  /** Nobody reads an uptime in seconds. */
  private formatLong(value: number, magnitude: number): Formatted {
    const days = magnitude >= DAYS_FROM;
    return { number: formatFixed(value / (days ? 86_400 : 3_600), 2, this.locale), unit: days ? 'd' : 'h' };
  }

  private follow(magnitude: number): void {
    while (this.prefix < PREFIXES.length - 1 && magnitude >= 1000 ** (this.prefix + 1)) this.prefix += 1;
    while (this.prefix > 0 && magnitude < KEEP_BELOW * 1000 ** this.prefix) this.prefix -= 1;
  }

  private decimalsFor(value: number, magnitude: number): number {
    if (this.fixedDecimals !== null) return this.fixedDecimals;
    const written = decimalsOf(value);
    if (written > this.decimals) {
      const integerDigits = magnitude >= 1 ? Math.floor(Math.log10(magnitude)) + 1 : 1;
      const most =
        this.unit === '%' ? 1 : Math.max(0, Math.min(WRITTEN_DECIMALS, SIGNIFICANT - integerDigits));
      const wanted = written <= WRITTEN_DECIMALS ? written : Math.max(most, smallNumber(magnitude));
      this.decimals = Math.max(this.decimals, wanted);
    }
    return this.decimals;
  }
}

/** Marks of an axis: one prefix for all, as few decimals as tell them apart. */
export function axisTexts(values: readonly number[], unit: string, locale?: string): string[] {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let prefix = 0;
  while (SCALED.has(unit) && prefix < PREFIXES.length - 1 && largest >= 1000 ** (prefix + 1)) prefix += 1;
  const scaled = values.map((value) => Number((value / 1000 ** prefix).toPrecision(10)));
  const decimals = scaled.reduce((most, value) => Math.max(most, Math.min(9, decimalsOf(value))), 0);
  const suffix = `${PREFIXES[prefix]}${unit}`;
  return scaled.map(
    (value) => `${formatFixed(value, decimals, locale)}${suffix === '' ? '' : `\u202f${suffix}`}`,
  );
}

/** Decimals that keep three digits of a number far below one. */
function smallNumber(magnitude: number): number {
  return magnitude > 0 && magnitude < 0.01 ? Math.min(9, 2 - Math.floor(Math.log10(magnitude))) : 0;
}
