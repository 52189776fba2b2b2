// A series' identity as text, `name` or `name{a="v",b="w"}`, taken apart for grouping and titles.

export interface SeriesKey {
  readonly name: string;
  readonly labels: ReadonlyArray<readonly [string, string]>;
}

const LABEL = /^([^=,{}"]+)="((?:[^"\\]|\\.)*)"/;

/** Never fails: text that is no canonical key is a name as a whole. */
export function parseSeriesKey(text: string): SeriesKey {
  const brace = text.indexOf('{');
  if (brace <= 0 || !text.endsWith('}')) return { name: text, labels: [] };
  const labels: [string, string][] = [];
  let rest = text.slice(brace + 1, -1);
  while (rest.length > 0) {
    const match = LABEL.exec(rest);
    if (match === null) return { name: text, labels: [] };
    labels.push([match[1]!, match[2]!.replace(/\\(.)/g, '$1')]);
    rest = rest.slice(match[0].length);
    if (rest.startsWith(',')) rest = rest.slice(1);
    else if (rest.length > 0) return { name: text, labels: [] };
  }
  return { name: text.slice(0, brace), labels };
}

/** `press7.oil.temperature` → `press7`; the whole name when it has one part. */
export function firstPart(name: string): string {
  const dot = name.indexOf('.');
  return dot > 0 ? name.slice(0, dot) : name;
}

/** Words that people write in capitals. */
const CAPITALS = new Set([
  'cpu',
  'gpu',
  'ram',
  'io',
  'ip',
  'id',
  'usb',
  'ups',
  'plc',
  'psu',
  'co2',
  'voc',
  'rpm',
  'mqtt',
]);

/** `oil_temperature` → `Oil temperature`, `cpu.usage` → `CPU usage`. */
export function spoken(name: string): string {
  const words = name.split(/[._]/).filter((word) => word !== '');
  const said = words.map((word) => (CAPITALS.has(word) ? word.toUpperCase() : word)).join(' ');
  return said === '' ? name : said.charAt(0).toUpperCase() + said.slice(1);
}

/** The labels' values that a title does not say already. */
export function unsaidLabels(key: SeriesKey, title: string): string {
  const said = new Set(title.toLowerCase().split(/[\s·,:/()]+/));
  const saysIt = (value: string) =>
    said.has(value.toLowerCase()) || (value.length > 3 && title.includes(value));
  return key.labels
    .map(([, value]) => value)
    .filter((value) => !saysIt(value))
    .join(' · ');
}

/** What a tile is called inside of its group: the name without the group's word, then the labels' values. */
export function tileTitle(key: SeriesKey, groupWord: string): { name: string; labels: string } {
  const labels = key.labels.map(([, value]) => value).join(' · ');
  if (key.name === groupWord && labels !== '') return { name: labels, labels: '' };
  const prefix = `${groupWord}.`;
  const short = key.name.startsWith(prefix) ? key.name.slice(prefix.length) : key.name;
  return { name: spoken(short), labels };
}
