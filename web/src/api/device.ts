// What the device says of itself and of its inputs, checked. Fields that an older device does not have are empty.
import { fields, fieldsOr, finite, finiteOr, list, listOr, textOr } from './guard.ts';
import { type InstanceInfo, readInstance } from './instance.ts';

export interface PackageState {
  /** Version of the installed package; empty: there is none. */
  readonly version: string;
  /** The running program is no longer the one on the disk. */
  readonly restart: boolean;
}

export interface LogLine {
  readonly number: number;
  readonly time: number;
  readonly level: string;
  readonly part: string;
  readonly text: string;
}

export interface LogLines {
  readonly boot: string;
  /** The number of the line to come. */
  readonly next: number;
  readonly lines: readonly LogLine[];
}

export interface Status {
  readonly device: string;
  readonly site: string;
  readonly version: string;
  readonly startedAt: number | null;
  readonly synchronised: boolean | null;
  /** The time zone that the device is set to; empty: it has not said. */
  readonly zone: string;
  readonly installed: PackageState;
  readonly series: number | null;
}

export interface StorageNumbers {
  readonly bytes: number;
  readonly budget: number;
  readonly samples: number;
  readonly writtenBytes: number;
  readonly oldest: number | null;
}

export interface CrashReport {
  readonly time: number | null;
  readonly cause: string;
  readonly signal: string;
  readonly denied: string;
  readonly backtrace: readonly string[];
  readonly lastLines: readonly string[];
  readonly count: number;
}

export interface PollTimes {
  readonly skipped: number;
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
}

export interface RefusedPayload {
  readonly time: number | null;
  readonly reason: string;
  readonly source: string;
  readonly detail: string;
  readonly payload: string;
  readonly bytes: number;
}

export interface Refused {
  readonly count: number;
  readonly reasons: readonly (readonly [string, number])[];
  readonly last: RefusedPayload | null;
}

export interface InputInfo extends InstanceInfo {
  readonly version: string;
  readonly isolation: string;
  readonly lastError: string;
  readonly lastErrorAt: number | null;
  readonly startedAt: number | null;
  readonly retryAt: number | null;
  readonly lastReadingAt: number | null;
  readonly restarts: number;
  readonly readings: number;
  readonly dropped: number;
  readonly corrupt: number;
  readonly counters: readonly (readonly [string, number])[];
  readonly refused: Refused;
  readonly lastLines: readonly string[];
  readonly denied: readonly (readonly [string, number])[];
  readonly updateAvailable: boolean;
  readonly polling: PollTimes | null;
  readonly crash: CrashReport | null;
}

export function readStatus(value: unknown): Status {
  const status = fields(value, 'status');
  const device = fieldsOr(status.device);
  const clock = fieldsOr(status.clock);
  const installed = fieldsOr(status.package);
  return {
    device: typeof status.device === 'string' ? status.device : textOr(device.name, ''),
    site: textOr(device.site, ''),
    version: textOr(status.version, ''),
    startedAt: finiteOr(status.started_at, null),
    synchronised: typeof clock.synchronised === 'boolean' ? clock.synchronised : null,
    zone: textOr(clock.zone, ''),
    installed: { version: textOr(installed.installed, ''), restart: installed.restart === true },
    series: finiteOr(fieldsOr(status.pipeline).series, null),
  };
}

export function readLog(value: unknown): LogLines {
  const log = fields(value, 'log');
  return {
    boot: textOr(log.boot, ''),
    next: finite(log.next, 'log.next'),
    lines: list(log.lines, 'log.lines').map((entry) => {
      const line = fields(entry, 'log.lines');
      return {
        number: finite(line.number, 'log.number'),
        time: finite(line.time, 'log.time'),
        level: textOr(line.level, ''),
        part: textOr(line.part, ''),
        text: textOr(line.text, ''),
      };
    }),
  };
}

export function readStorage(value: unknown): StorageNumbers {
  const storage = fields(value, 'storage');
  return {
    bytes: finiteOr(storage.bytes, 0),
    budget: finiteOr(storage.budget, 0),
    samples: finiteOr(storage.samples, 0),
    writtenBytes: finiteOr(storage.written_bytes, 0),
    oldest: finiteOr(storage.oldest, null),
  };
}

const readTexts = (value: unknown): string[] => listOr(value).map((item) => textOr(item, ''));

const readCounts = (value: unknown): (readonly [string, number])[] =>
  Object.entries(fieldsOr(value)).map(([name, count]) => [name, finiteOr(count, 0)] as const);

function readCrash(value: unknown): CrashReport | null {
  if (typeof value !== 'object' || value === null) return null;
  const crash = fieldsOr(value);
  return {
    time: finiteOr(crash.time, null),
    cause: textOr(crash.cause, ''),
    signal: textOr(crash.signal, ''),
    denied: textOr(crash.denied, ''),
    backtrace: readTexts(crash.backtrace),
    lastLines: readTexts(crash.last_lines),
    count: finiteOr(crash.count, 0),
  };
}

function readRefused(value: unknown): Refused {
  const refused = fieldsOr(value);
  const last = fieldsOr(refused.last);
  return {
    count: finiteOr(refused.count, 0),
    reasons: readCounts(refused.reasons),
    last:
      Object.keys(last).length === 0
        ? null
        : {
            time: finiteOr(last.time, null),
            reason: textOr(last.reason, ''),
            source: textOr(last.source, ''),
            detail: textOr(last.detail, ''),
            payload: textOr(last.payload, ''),
            bytes: finiteOr(last.bytes, 0),
          },
  };
}

function readPolling(value: unknown): PollTimes | null {
  if (typeof value !== 'object' || value === null) return null;
  const polling = fieldsOr(value);
  return {
    skipped: finiteOr(polling.skipped, 0),
    lateP99Ms: finiteOr(polling.late_p99_ms, 0),
    lateMaxMs: finiteOr(polling.late_max_ms, 0),
  };
}

function readInput(value: unknown): InputInfo {
  const input = fields(value, 'input');
  return {
    ...readInstance(input, 'input'),
    version: textOr(input.version, ''),
    isolation: textOr(input.isolation, ''),
    lastError: textOr(input.last_error, ''),
    lastErrorAt: finiteOr(input.last_error_at, null),
    startedAt: finiteOr(input.started_at, null),
    retryAt: finiteOr(input.retry_at, null),
    lastReadingAt: finiteOr(input.last_reading_at, null),
    restarts: finiteOr(input.restarts, 0),
    readings: finiteOr(input.readings, 0),
    dropped: finiteOr(input.dropped, 0),
    corrupt: finiteOr(input.corrupt, 0),
    counters: readCounts(input.counters),
    refused: readRefused(input.refused),
    lastLines: readTexts(input.last_lines),
    denied: readCounts(input.denied),
    updateAvailable: input.update_available === true,
    polling: readPolling(input.polling),
    crash: readCrash(input.crash),
  };
}

export function readInputs(value: unknown): InputInfo[] {
  return list(value, 'inputs').map(readInput);
}
