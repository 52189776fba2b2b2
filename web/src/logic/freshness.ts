// Never fresher than it is: how far a value may be trusted now, and how its age is said.

import type { Quality } from '../api/wire.ts';
import { t } from './texts.ts';

/** Below this nothing is called stale: a pause of a fast series that nobody would notice. */
const PATIENCE_MS = 5_000;
const MISSED = 3;

/** The age from which a value is stale; infinite while its series' interval is not known. */
export function staleAfter(usualMs: number): number {
  return Number.isNaN(usualMs) ? Number.POSITIVE_INFINITY : Math.max(PATIENCE_MS, MISSED * usualMs);
}

export function shownQuality(quality: Quality, ageMs: number, usualMs: number): Quality {
  if (quality === 'good' && ageMs > staleAfter(usualMs)) return 'stale';
  return quality;
}

const STEPS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/** `now` under five seconds, then `12 s ago`, `3 min ago`, `5 h ago`, `2 d ago`: one unit, whole numbers. */
export function formatAge(ageMs: number): string {
  if (ageMs < PATIENCE_MS) return t('now');
  for (const [size, unit] of STEPS) {
    if (ageMs >= size) return t('{age} ago', { age: `${Math.floor(ageMs / size)} ${unit}` });
  }
  return t('now');
}

/** `3 d 4 h`, `12 min 5 s`: two units, for times that something has lasted. */
export function formatLasting(ms: number): string {
  for (let i = 0; i < STEPS.length; i += 1) {
    const [size, unit] = STEPS[i]!;
    if (ms < size && i < STEPS.length - 1) continue;
    const whole = Math.floor(Math.max(0, ms) / size);
    const finer = STEPS[i + 1];
    const rest = finer === undefined ? 0 : Math.floor((ms - whole * size) / finer[0]);
    return rest > 0 ? `${whole} ${unit} ${rest} ${finer![1]}` : `${whole} ${unit}`;
  }
  return '0 s';
}
