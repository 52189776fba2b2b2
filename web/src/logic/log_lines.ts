// What is shown of a log that grows and may begin anew.
import type { LogLine, LogLines } from '../api/device.ts';

export const LOG_LEVELS = ['error', 'warning', 'notice', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
const MOST = 1_000;

export interface ShownLog {
  readonly boot: string;
  readonly next: number;
  /** Oldest first. */
  readonly lines: readonly LogLine[];
}

export const NO_LOG: ShownLog = { boot: '', next: 0, lines: [] };

/** Null: the daemon was restarted, its numbers count anew; ask for all of them. */
export function withLines(shown: ShownLog, answer: LogLines): ShownLog | null {
  if (shown.boot !== '' && answer.boot !== shown.boot) return null;
  const added = answer.lines.filter(({ number }) => number >= shown.next);
  if (added.length === 0 && shown.boot !== '') return { ...shown, next: answer.next };
  return { boot: answer.boot, next: answer.next, lines: [...shown.lines, ...added].slice(-MOST) };
}
