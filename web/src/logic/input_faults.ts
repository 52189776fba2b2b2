// An input's faults in words. Pure.

import type { CrashReport, PollTimes, Refused, RefusedPayload } from '../api/device.ts';
import { formatFixed } from './number_format.ts';
import { t, tn } from './texts.ts';

/** "killed by SIGSEGV · 3 times · refused before: openat" */
export function crashSummary(crash: CrashReport): string {
  const parts = [crash.cause === '' ? t('ended') : crash.cause];
  if (crash.count > 1) parts.push(t('{n} times', { n: formatFixed(crash.count, 0) }));
  if (crash.denied !== '') parts.push(t('refused before: {call}', { call: crash.denied }));
  return parts.join(' · ');
}

/** "socket 3 times, openat once" */
export function deniedText(denied: readonly (readonly [string, number])[]): string {
  return denied.map(([call, count]) => tn('{call} once', '{call} {n} times', count, { call })).join(', ');
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
  return tn('{n} payload refused: {reasons}', '{n} payloads refused: {reasons}', refused.count, { reasons });
}

/** "not json: at byte 3 · from plant/hall · 9000 bytes" */
export function refusedAbout(last: RefusedPayload): string {
  const parts = [reasonText(last.reason) + (last.detail === '' ? '' : `: ${last.detail}`)];
  if (last.source !== '') parts.push(t('from {source}', { source: last.source }));
  parts.push(tn('{n} byte', '{n} bytes', last.bytes));
  return parts.join(' · ');
}

/** "p99 0.12 ms, at most 3.4 ms, 2 skipped" */
export function pollText(polling: PollTimes): string {
  const ms = (value: number) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
  const skipped = polling.skipped > 0 ? `, ${t('{n} skipped', { n: formatFixed(polling.skipped, 0) })}` : '';
  return `${t('p99 {p99}, at most {most}', { p99: ms(polling.lateP99Ms), most: ms(polling.lateMaxMs) })}${skipped}`;
}
