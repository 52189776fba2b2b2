// Calls of /api/v1: bounded in time, answers checked, refusals in the device's own words.
import { BASE } from './base.ts';
import {
  type InputInfo,
  readInputs,
  readStatus,
  readStorage,
  type Status,
  type StorageNumbers,
} from './device.ts';
import type { Json } from './guard.ts';
import { readSinks, type SinkInfo } from './sinks.ts';
import {
  type Latest,
  type QueryAnswer,
  readLatestList,
  readProblem,
  readQuery,
  readSeriesList,
  type SeriesInfo,
} from './wire.ts';

const TIMEOUT_MS = 10_000;

/** The device answered, and the answer is no. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    detail: string,
  ) {
    super(detail);
  }
}

export interface QueryRequest {
  /** Selectors. */
  readonly series: string | readonly string[];
  readonly from: number | string;
  readonly to?: number | string;
  readonly points: number;
  /** `5,95`: of buckets. */
  readonly percentiles?: string;
  /** `raw`: every reading. */
  readonly stat?: string;
}

interface Answer {
  readonly status: number;
  readonly body: Json | undefined;
  readonly etag: string;
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly signal?: AbortSignal;
  /** For what takes its time. */
  readonly patienceMs?: number;
}

/** Any answer, whatever its status; a lost request throws. */
export async function ask(
  path: string,
  { method, headers, body, signal, patienceMs }: Call,
): Promise<Answer & { text: string }> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, patienceMs ?? TIMEOUT_MS);
  signal?.addEventListener('abort', abort);
  try {
    const response = await fetch(BASE + path, {
      method,
      signal: controller.signal,
      headers: { accept: 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    let parsed: Json | undefined;
    try {
      parsed = JSON.parse(text) as Json;
    } catch {
      parsed = undefined;
    }
    return { status: response.status, body: parsed, text, etag: response.headers.get('etag') ?? '' };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

async function call(path: string, method: 'GET' | 'POST', signal?: AbortSignal): Promise<Json | undefined> {
  const { status, body } = await ask(path, signal === undefined ? { method } : { method, signal });
  if (status >= 400) throw new Refused(status, readProblem(status, body));
  return body;
}

function query(parameters: Record<string, string | number | readonly string[]>): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, one] as const))
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&');
}

export async function fetchSeries(): Promise<SeriesInfo[]> {
  return readSeriesList(await call('/api/v1/series', 'GET'));
}

export async function fetchLatest(): Promise<Latest[]> {
  return readLatestList(await call('/api/v1/latest', 'GET'));
}

export async function fetchQuery(request: QueryRequest, signal?: AbortSignal): Promise<QueryAnswer> {
  return readQuery(await call(`/api/v1/query?${query({ to: 'now', ...request })}`, 'GET', signal));
}

export async function fetchStatus(): Promise<Status> {
  return readStatus(await call('/api/v1/status', 'GET'));
}

export async function fetchStorage(): Promise<StorageNumbers> {
  return readStorage(await call('/api/v1/storage', 'GET'));
}

export async function fetchInputs(): Promise<InputInfo[]> {
  return readInputs(await call('/api/v1/inputs', 'GET'));
}

export async function fetchSinks(): Promise<SinkInfo[]> {
  return readSinks(await call('/api/v1/sinks', 'GET'));
}

export async function restartInput(id: string): Promise<void> {
  await call(`/api/v1/inputs/${encodeURIComponent(id)}/restart`, 'POST');
}
