// Comparing with what was: which earlier period stands behind the one that is looked at.

export const COMPARISONS = ['', 'before', '1d', '7d'] as const;
/** Nothing, the span just before, a day or a week earlier. */
export type Comparison = (typeof COMPARISONS)[number];

export function readComparison(text: string | null): Comparison {
  return COMPARISONS.find((one) => one === text) ?? '';
}

/** How much earlier, in ms; 0: nothing is compared. */
export function shiftOf(comparison: Comparison, spanMs: number): number {
  switch (comparison) {
    case 'before':
      return spanMs;
    case '1d':
      return 86_400_000;
    case '7d':
      return 7 * 86_400_000;
    default:
      return 0;
  }
}
