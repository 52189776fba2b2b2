// A dashboard's document as the device sends it, read into what the page draws: everything has a value, texts are
// texts. The device has checked it; what it lets pass and this page does not know is left out.
import { type Fields, fields, fieldsOr, finiteOr, type Json, listOr } from '../api/guard.ts';
import { parseSpan } from './time_range.ts';

export const PANEL_KINDS = [
  'auto',
  'lines',
  'steps',
  'areas',
  'scoreboard',
  'stat',
  'gauge',
  'bar',
  'table',
  'states',
  'heatmap',
  'histogram',
  'events',
  'text',
  'alarms',
] as const;
export type PanelKind = (typeof PANEL_KINDS)[number];

export type Level = 'good' | 'note' | 'warning' | 'critical';
export interface Threshold {
  readonly at: number;
  readonly level: Level;
  readonly name: string;
}

export interface Panel {
  readonly kind: PanelKind;
  readonly title: string;
  readonly y: readonly string[];
  readonly y2: readonly string[];
  readonly by: string;
  readonly repeat: string;
  readonly overlay: readonly string[];
  readonly band: boolean | null;
  /** `p5-p95`. */
  readonly percentiles: readonly string[];
  readonly stack: boolean;
  readonly legend: boolean | null;
  readonly thresholds: readonly Threshold[];
  readonly min: number | null;
  readonly max: number | null;
  readonly decimals: number | null;
  readonly unit: string | null;
  readonly spanMs: number | null;
  readonly deltaMs: number | null;
  readonly limit: number | null;
  readonly text: string;
  readonly place: readonly [number, number, number, number] | null;
  readonly width: number | null;
  readonly height: number | null;
}

export interface Variable {
  readonly name: string;
  readonly title: string;
  readonly label: string;
  readonly of: string;
  readonly values: readonly string[];
  readonly first: string;
}

export interface Section {
  readonly title: string;
  readonly tab: string;
  readonly repeat: string;
  readonly folded: boolean;
  readonly panels: readonly Panel[];
}

export interface DashboardDoc {
  readonly title: string;
  readonly description: string;
  readonly spanMs: number | null;
  readonly variables: readonly Variable[];
  readonly sections: readonly Section[];
}

const LEVELS: readonly Level[] = ['good', 'note', 'warning', 'critical'];

function said(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

/** A list, or the one thing that stands for a list of one. */
function each(value: Json | undefined): Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

const texts = (value: Json | undefined): string[] =>
  each(value)
    .map(said)
    .filter((text) => text !== '');

function flag(value: Json | undefined): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === 'yes' || value === 'on') return true;
  return value === 'no' || value === 'off' ? false : null;
}

function readThreshold(value: Json): Threshold {
  const item = fieldsOr(value);
  const level = said(item.level) as Level;
  return {
    at: finiteOr(item.at, 0),
    level: LEVELS.includes(level) ? level : 'warning',
    name: said(item.name),
  };
}

function readPlace(value: Json | undefined): Panel['place'] {
  const [x, y, w, h] = listOr(value);
  if (typeof x !== 'number' || typeof y !== 'number' || typeof w !== 'number' || typeof h !== 'number')
    return null;
  return [x, y, w, h];
}

/** `1h30m` as the device takes it: parts one after the other. */
export function readSpan(value: Json | undefined): number | null {
  const text = said(value);
  const parts = text.match(/\d+(?:\.\d+)?(?:ms|s|m|h|d)/g);
  if (parts === null || parts.join('') !== text) return null;
  let sum = 0;
  for (const part of parts) {
    const [, number, unit] = /^([\d.]+)(ms|s|m|h|d)$/.exec(part)!;
    sum += Number(number) * (unit === 'ms' ? 1 : (parseSpan(`1${unit}`) ?? 0));
  }
  return sum >= 1_000 ? sum : null;
}

export function readPanel(value: Json): Panel {
  const item = fieldsOr(value);
  const kind = said(item.panel) as PanelKind;
  return {
    kind: PANEL_KINDS.includes(kind) ? kind : 'auto',
    title: said(item.title),
    y: texts(item.y),
    y2: texts(item.y2),
    by: said(item.by),
    repeat: said(item.repeat),
    overlay: texts(item.overlay),
    band: flag(item.band),
    percentiles: texts(item.percentiles),
    stack: flag(item.stack) === true,
    legend: flag(item.legend),
    thresholds: each(item.thresholds)
      .map(readThreshold)
      .sort((a, b) => a.at - b.at),
    min: finiteOr(item.min, null),
    max: finiteOr(item.max, null),
    decimals: finiteOr(item.decimals, null),
    unit: item.unit === undefined ? null : said(item.unit),
    spanMs: readSpan(item.span),
    deltaMs: readSpan(item.delta),
    limit: finiteOr(item.limit, null),
    text: said(item.text),
    place: readPlace(item.place),
    width: finiteOr(item.width, null),
    height: finiteOr(item.height, null),
  };
}

function readVariable(value: Json): Variable {
  const item = fieldsOr(value);
  return {
    name: said(item.name),
    title: said(item.title) || said(item.name),
    label: said(item.label),
    of: said(item.of),
    values: texts(item.values),
    first: said(item.default),
  };
}

function readSection(value: Json): Section {
  const item = fieldsOr(value);
  return {
    title: said(item.title),
    tab: said(item.tab),
    repeat: said(item.repeat),
    folded: flag(item.folded) === true,
    panels: each(item.panels).map(readPanel),
  };
}

export function readDashboardDoc(value: unknown): DashboardDoc {
  const item: Fields = value === null ? {} : fields(value, 'dashboard');
  const loose = each(item.panels).map(readPanel);
  const sections = each(item.sections).map(readSection);
  // Panels outside of sections stand above them, on every tab.
  if (loose.length > 0) sections.unshift({ title: '', tab: '', repeat: '', folded: false, panels: loose });
  return {
    title: said(item.title),
    description: said(item.description),
    spanMs: readSpan(item.span),
    variables: each(item.variables).map(readVariable),
    sections,
  };
}
