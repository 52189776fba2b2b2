// An input's faults in words. Pure.
import type { CrashReport, PollTimes, Refused, RefusedPayload } from '../api/device.ts';
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

/** "not json", "frames wrong checksum": `payload.` goes without saying. */
export function reasonText(reason: string): string {
  return reason.replace(/^payload\./, '').replace(/[._]/g, ' ');
}

/** "3 payloads refused: not json 2, too large 1", the most frequent first. */
export function refusedText(refused: Refused): string {
  const reasons = [...refused.reasons]
    .sort((a, b) => b[1] - a[1])
    .map(([reason, count]) => `${reasonText(reason)} ${formatFixed(count, 0)}`)
    .join(', ');
  return `${formatFixed(refused.count, 0)} ${refused.count === 1 ? 'payload' : 'payloads'} refused: ${reasons}`;
}

/** "not json: at byte 3 · from plant/hall · 9000 bytes" */
export function refusedAbout(last: RefusedPayload): string {
  const parts = [reasonText(last.reason) + (last.detail === '' ? '' : `: ${last.detail}`)];
  if (last.source !== '') parts.push(`from ${last.source}`);
  parts.push(`${formatFixed(last.bytes, 0)} ${last.bytes === 1 ? 'byte' : 'bytes'}`);
  return parts.join(' · ');
}

/** "p99 0.12 ms, at most 3.4 ms, 2 skipped" */
export function pollText(polling: PollTimes): string {
  const ms = (value: number) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
  const skipped = polling.skipped > 0 ? `, ${formatFixed(polling.skipped, 0)} skipped` : '';
  return `p99 ${ms(polling.lateP99Ms)}, at most ${ms(polling.lateMaxMs)}${skipped}`;
}
