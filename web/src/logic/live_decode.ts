// Frames of the live connection, JSON form, checked before anything else sees them.
import { fields, finite, finiteOr, list, text, textOr, WireError } from '../api/guard.ts';
import {
  type Quality,
  readQuality,
  readSeriesInfo,
  readValue,
  type SeriesInfo,
  type Value,
} from '../api/wire.ts';

export interface LiveSeries {
  readonly ref: number;
  readonly info: SeriesInfo;
}

export interface LiveRow {
  readonly ref: number;
  readonly time: number;
  readonly value: Value;
  /** A row says it only when it is not good. */
  readonly quality: Quality;
}

export type LiveMessage =
  | { readonly op: 'hello'; readonly version: string; readonly boot: string; readonly time: number }
  | { readonly op: 'series'; readonly id: string; readonly series: readonly LiveSeries[] }
  | { readonly op: 'data'; readonly id: string; readonly seq: number; readonly rows: readonly LiveRow[] }
  | { readonly op: 'gap'; readonly id: string; readonly from: number; readonly to: number }
  | { readonly op: 'error'; readonly id: string; readonly code: string; readonly message: string };

/** Null: an operation this page does not know, which a newer device may send. Throws WireError on nonsense. */
export function decodeLive(frame: string): LiveMessage | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(frame);
  } catch {
    throw new WireError('live: not JSON');
  }
  const message = fields(parsed, 'live');
  const id = textOr(message.id, '');
  switch (text(message.op, 'live.op')) {
    case 'hello':
      return {
        op: 'hello',
        version: textOr(message.version, ''),
        boot: String(message.boot ?? ''),
        time: finite(message.time, 'hello.time'),
      };
    case 'series':
      return { op: 'series', id, series: list(message.series, 'series').map(decodeSeries) };
    case 'data':
      return {
        op: 'data',
        id,
        seq: finiteOr(message.seq, 0),
        rows: list(message.rows, 'rows').map(decodeRow),
      };
    case 'gap':
      return { op: 'gap', id, from: finite(message.from, 'gap.from'), to: finite(message.to, 'gap.to') };
    case 'error':
      return { op: 'error', id, code: String(message.code ?? ''), message: textOr(message.message, '') };
    default:
      return null;
  }
}

function decodeSeries(value: unknown): LiveSeries {
  return { ref: finite(fields(value, 'series').ref, 'series.ref'), info: readSeriesInfo(value) };
}

function decodeRow(value: unknown): LiveRow {
  const row = list(value, 'row');
  const read = readValue(row[2] ?? null, 'row.value');
  const quality = row[3] === undefined ? (read === null ? 'bad' : 'good') : readQuality(row[3]);
  return { ref: finite(row[0], 'row.ref'), time: finite(row[1], 'row.time'), value: read, quality };
}
