// The small picture in which a threshold is dragged: a series' band over time, and heights for values. Percent of its
// width and height, from the top.
export interface PastColumns {
  readonly times: readonly number[];
  readonly mins: readonly number[];
  readonly maxs: readonly number[];
}

export interface ThresholdScale {
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

/** With room above and below, for thresholds that nothing has reached yet. */
export function scaleOf(
  past: PastColumns,
  from: number,
  to: number,
  also: readonly number[],
): ThresholdScale {
  const values = [...past.mins, ...past.maxs].filter(Number.isFinite);
  // Not by spreading: there may be thousands.
  let low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  let high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (low > high) {
    const known = also.filter(Number.isFinite);
    low = known.length > 0 ? Math.min(...known) : 0;
    high = known.length > 0 ? Math.max(...known) : 1;
  }
  const room = high > low ? (high - low) * 0.35 : Math.max(1, Math.abs(high)) * 0.35;
  return { from, to, low: low - room, high: high + room };
}

const within = (share: number) => Math.min(100, Math.max(0, share * 100));

export function heightOf({ low, high }: ThresholdScale, value: number): number {
  return within((high - value) / (high - low));
}

export function valueAt({ low, high }: ThresholdScale, share: number): number {
  return high - Math.min(1, Math.max(0, share)) * (high - low);
}

export function placeOf({ from, to }: ThresholdScale, time: number): number {
  return within((time - from) / (to - from));
}

/** An SVG path around all that was measured; stretches without readings are left out. */
export function bandPath(past: PastColumns, scale: ThresholdScale): string {
  const parts: string[] = [];
  let above: string[] = [];
  let below: string[] = [];
  const end = () => {
    if (above.length > 0) parts.push(`M${above.join('L')}L${below.reverse().join('L')}Z`);
    above = [];
    below = [];
  };
  past.times.forEach((time, i) => {
    const [min, max] = [past.mins[i]!, past.maxs[i]!];
    if (!Number.isFinite(min) || !Number.isFinite(max)) {
      end();
      return;
    }
    const x = placeOf(scale, time).toFixed(2);
    above.push(`${x} ${heightOf(scale, max).toFixed(2)}`);
    below.push(`${x} ${heightOf(scale, min).toFixed(2)}`);
  });
  end();
  return parts.join('');
}
