// An input's faults in words. Pure.
import type { CrashReport, PollTimes } from '../api/device.ts';
import { formatFixed } from './number_format.ts';

/** "killed by SIGSEGV · 3 times · refused before: openat" */
export function crashSummary(crash: CrashReport): string {
  const parts = [crash.cause === '' ? 'ended' : crash.cause];
  if (crash.count > 1) parts.push(`${formatFixed(crash.count, 0)} times`);
  if (crash.denied !== '') parts.push(`refused before: ${crash.denied}`);
  return parts.join(' · ');
}

/** "socket 3 times, openat once" */
export function deniedText(denied: readonly (readonly [string, number])[]): string {
  return denied
    .map(([call, count]) => (count === 1 ? `${call} once` : `${call} ${formatFixed(count, 0)} times`))
    .join(', ');
}

/** "p99 0.12 ms, at most 3.4 ms, 2 skipped" */
export function pollText(polling: PollTimes): string {
  const ms = (value: number) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
  const skipped = polling.skipped > 0 ? `, ${formatFixed(polling.skipped, 0)} skipped` : '';
  return `p99 ${ms(polling.lateP99Ms)}, at most ${ms(polling.lateMaxMs)}${skipped}`;
}
