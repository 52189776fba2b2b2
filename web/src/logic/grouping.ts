// The overview's order: by input, then by the first word of the name; words with one series share a group. Inputs,
// words and names keep the order of the catalogue, the one in which the source told of them; what differs only by
// its labels is sorted.
import { firstPart, parseSeriesKey } from './series_key.ts';

export interface Groupable {
  readonly key: string;
  readonly input: string;
}

export interface SubGroup<T> {
  /** The first word that its series share; empty for those that share none. */
  readonly word: string;
  readonly members: readonly T[];
}

export interface Group<T> {
  readonly input: string;
  readonly count: number;
  readonly subGroups: readonly SubGroup<T>[];
}

/** A word of its own from so many series on. */
const ENOUGH = 2;

const collator = new Intl.Collator(undefined, { numeric: true });

export function groupSeries<T extends Groupable>(series: Iterable<T>): Group<T>[] {
  const inputs = new Map<string, Map<string, T[]>>();
  for (const item of series) {
    const word = firstPart(parseSeriesKey(item.key).name);
    const words = inputs.get(item.input) ?? new Map<string, T[]>();
    inputs.set(item.input, words);
    const members = words.get(word) ?? [];
    words.set(word, members);
    members.push(item);
  }
  return [...inputs].map(([input, words]) => {
    const subGroups = splitWords(words);
    return { input, subGroups, count: subGroups.reduce((sum, group) => sum + group.members.length, 0) };
  });
}

function splitWords<T extends Groupable>(words: Map<string, T[]>): SubGroup<T>[] {
  const shared: SubGroup<T>[] = [];
  const alone: T[] = [];
  for (const [word, members] of words) {
    if (members.length >= ENOUGH) shared.push({ word, members: sortByLabels(members) });
    else alone.push(...members);
  }
  return alone.length > 0 ? [...shared, { word: '', members: alone }] : shared;
}

function sortByLabels<T extends Groupable>(members: readonly T[]): T[] {
  const names = new Map<string, T[]>();
  for (const item of members) {
    const { name } = parseSeriesKey(item.key);
    const same = names.get(name) ?? [];
    names.set(name, same);
    same.push(item);
  }
  return [...names.values()].flatMap((same) => same.sort((a, b) => collator.compare(a.key, b.key)));
}
