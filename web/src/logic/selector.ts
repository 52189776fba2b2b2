// Which series a selector chooses, as the daemon decides it: a glob on the name, `*` any run, `?` any one character,
// `{a,b}` either; labels behind it; `@stat_window` at the end. What cannot be read chooses nothing.
import { parseSeriesKey, type SeriesKey } from './series_key.ts';

export interface Selector {
  readonly matches: (key: SeriesKey, text: string) => boolean;
  /** `mean_1m`, or empty. */
  readonly stat: string;
}

const STAT = /@([a-z0-9]+_[0-9.a-z]+)$/;
const LABEL_PART = /^\s*([A-Za-z_][\w.-]*)="((?:[^"\\]|\\.)*)"\s*(?:,|$)/;
const MAX_LENGTH = 2_048;

/** Splits `key@mean_1m`. */
export function splitStat(text: string): { readonly key: string; readonly stat: string } {
  const match = STAT.exec(text);
  return match === null ? { key: text, stat: '' } : { key: text.slice(0, match.index), stat: match[1]! };
}

function globToRegExp(glob: string): RegExp | null {
  let source = '';
  let depth = 0;
  for (const char of glob) {
    if (char === '*') source += '[^]*?';
    else if (char === '?') source += '[^]';
    else if (char === '{') {
      source += '(?:';
      depth += 1;
    } else if (char === '}' && depth > 0) {
      source += ')';
      depth -= 1;
    } else if (char === ',' && depth > 0) source += '|';
    else source += char.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  }
  if (depth !== 0) return null;
  return new RegExp(`^${source}$`, 'u');
}

/** Where the labels begin: the last `{` that holds `name="`. */
function labelsStart(text: string): number {
  if (!text.endsWith('}')) return -1;
  const match = /\{\s*[A-Za-z_][\w.-]*="/.exec(text);
  return match === null ? -1 : match.index;
}

const NOTHING: Selector = { matches: () => false, stat: '' };

export function parseSelector(text: string): Selector {
  if (text === '' || text.length > MAX_LENGTH) return NOTHING;
  const { key, stat } = splitStat(text);
  const start = labelsStart(key);
  const nameGlob = start < 0 ? key : key.slice(0, start);
  const name = nameGlob === '' ? /^/ : globToRegExp(nameGlob);
  if (name === null) return NOTHING;
  const labels: [string, RegExp, string][] = [];
  let rest = start < 0 ? '' : key.slice(start + 1, -1);
  while (rest !== '') {
    const match = LABEL_PART.exec(rest);
    if (match === null) return NOTHING;
    const literal = match[2]!.replace(/\\(.)/g, '$1');
    labels.push([match[1]!, globToRegExp(literal) ?? /^(?!)/, literal]);
    rest = rest.slice(match[0].length);
  }
  return {
    stat,
    matches: (candidate, whole) =>
      whole === key ||
      (name.test(candidate.name) &&
        labels.every(([label, glob, literal]) =>
          candidate.labels.some(([own, value]) => own === label && (value === literal || glob.test(value))),
        )),
  };
}

export interface Chosen<T> {
  readonly item: T;
  readonly stat: string;
}

/** What the selectors choose, in the order of the selectors, then of the items; nothing twice. */
export function choose<T extends { readonly key: string }>(
  items: readonly T[],
  selectors: readonly string[],
): Chosen<T>[] {
  const chosen = new Map<string, Chosen<T>>();
  const keys = items.map((item) => parseSeriesKey(item.key));
  for (const text of selectors) {
    const selector = parseSelector(text);
    items.forEach((item, i) => {
      const id = `${item.key}@${selector.stat}`;
      if (!chosen.has(id) && selector.matches(keys[i]!, item.key))
        chosen.set(id, { item, stat: selector.stat });
    });
  }
  return [...chosen.values()];
}
