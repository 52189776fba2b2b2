// What the device says over HTTP, checked. One reader per answer of /api/v1.
import { t } from '../logic/texts.ts';
import {
  fields,
  fieldsOr,
  finite,
  finiteOr,
  type Json,
  list,
  listOr,
  text,
  textOr,
  WireError,
} from './guard.ts';

/** The order is that of the numbers on the wire. */
export type Quality = 'good' | 'stale' | 'uncertain' | 'bad';
const QUALITIES: readonly Quality[] = ['good', 'stale', 'uncertain', 'bad'];

export type Kind = 'gauge' | 'counter' | 'state' | 'event';
const KINDS: readonly Kind[] = ['gauge', 'counter', 'state', 'event'];

export interface SeriesInfo {
  readonly key: string;
  readonly input: string;
  readonly unit: string;
  readonly kind: Kind;
  readonly title: string;
  readonly decimals: number | null;
  readonly range: readonly [number, number] | null;
  /** A state's values and their names. */
  readonly states: readonly (readonly [number, string])[];
}

/** A number, a state's name or an event's text; null: the device reported a fault. */
export type Value = number | string | null;

export interface Latest {
  readonly key: string;
  readonly time: number;
  readonly value: Value;
  readonly quality: Quality;
}

export interface QuerySeries {
  readonly key: string;
  readonly columns: readonly string[];
  /** As long as `columns`, each inner list equally long; the first is the times. */
  readonly data: readonly (readonly Value[])[];
  /** Runs of readings that are uncertain: times of the first and the last of each. */
  readonly uncertain: readonly (readonly [number, number])[];
}

export interface QueryAnswer {
  readonly from: number;
  readonly to: number;
  /** Width of a bucket in ms; 0: readings. */
  readonly step: number;
  readonly series: readonly QuerySeries[];
}

export function readKind(value: unknown): Kind {
  return KINDS.includes(value as Kind) ? (value as Kind) : 'gauge';
}

export function readQuality(value: unknown): Quality {
  if (typeof value === 'number') return QUALITIES[value] ?? 'bad';
  return QUALITIES.includes(value as Quality) ? (value as Quality) : 'good';
}

export function readValue(value: unknown, place: string): Value {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  return finite(value, place);
}

function readRange(value: unknown): readonly [number, number] | null {
  const [min, max] = listOr(value);
  return typeof min === 'number' && typeof max === 'number' && min < max ? [min, max] : null;
}

function readStates(value: unknown): [number, string][] {
  return listOr(value).map((item) => {
    const [number, name] = list(item, 'series.states');
    return [finite(number, 'series.states'), text(name, 'series.states')];
  });
}

export function readSeriesInfo(value: unknown, place = 'series'): SeriesInfo {
  const item = fields(value, place);
  const decimals = finiteOr(item.decimals, null);
  return {
    key: text(item.key, `${place}.key`),
    input: textOr(item.input, ''),
    unit: textOr(item.unit, ''),
    kind: readKind(item.kind),
    title: textOr(item.title, ''),
    decimals: decimals !== null && decimals >= 0 && decimals <= 9 ? Math.floor(decimals) : null,
    range: readRange(item.range),
    states: readStates(item.states),
  };
}

export function readSeriesList(value: unknown): SeriesInfo[] {
  return list(value, 'series').map((item) => readSeriesInfo(item));
}

export function readLatestList(value: unknown): Latest[] {
  return list(value, 'latest').map((entry) => {
    const item = fields(entry, 'latest');
    return {
      key: text(item.key, 'latest.key'),
      time: finite(item.time, 'latest.time'),
      value: readValue(item.value ?? null, 'latest.value'),
      quality: readQuality(item.quality),
    };
  });
}

function readQuerySeries(value: unknown): QuerySeries {
  const item = fields(value, 'query.series');
  const columns = list(item.columns, 'query.columns').map((name) => text(name, 'query.columns'));
  const data = list(item.data, 'query.data').map((column) =>
    list(column, 'query.data').map((cell) => readValue(cell, 'query.data')),
  );
  if (columns[0] !== 't' || data.length !== columns.length)
    throw new WireError('query: columns and data differ');
  if (data.some((column) => column.length !== data[0]!.length))
    throw new WireError('query: a column is short');
  for (const time of data[0]!) finite(time, 'query.t');
  const uncertain = listOr(item.uncertain).map((run): [number, number] => {
    const [first, last] = list(run, 'query.uncertain');
    return [finite(first, 'query.uncertain'), finite(last, 'query.uncertain')];
  });
  return { key: text(item.key, 'query.key'), columns, data, uncertain };
}

export function readQuery(value: unknown): QueryAnswer {
  const answer = fields(value, 'query');
  return {
    from: finite(answer.from, 'query.from'),
    to: finite(answer.to, 'query.to'),
    step: Math.max(0, finiteOr(answer.step, 0)),
    series: list(answer.series, 'query.series').map(readQuerySeries),
  };
}

/** problem+json's own words, or what the status means. */
export function readProblem(status: number, body: Json | undefined): string {
  const item = fieldsOr(body);
  const detail = textOr(item.detail, '') || textOr(item.title, '');
  if (detail !== '') return detail;
  if (status === 401) return t('The device asks for a login.');
  if (status === 403) return t('The device does not allow this.');
  return t('The device answered with status {status}.', { status });
}
