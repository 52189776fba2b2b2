// What each line of a chart is called: only what tells it from the others.
import type { SeriesInfo } from '../api/wire.ts';
import { parseSeriesKey, spoken } from './series_key.ts';

/** The labels whose values differ, else the names without what all of them begin with. */
export function lineLabels(infos: readonly SeriesInfo[], by = ''): string[] {
  const keys = infos.map((info) => parseSeriesKey(info.key));
  const labelOf = (i: number, label: string) => keys[i]!.labels.find(([name]) => name === label)?.[1] ?? '';
  if (by !== '') return infos.map((info, i) => labelOf(i, by) || info.title || keys[i]!.name);
  if (infos.length === 1) {
    const { name, labels } = keys[0]!;
    return [infos[0]!.title || [spoken(name), ...labels.map(([, value]) => value)].join(' · ')];
  }
  const labels = [...new Set(keys.flatMap((key) => key.labels.map(([name]) => name)))];
  const differing = labels.filter((label) => new Set(keys.map((_, i) => labelOf(i, label))).size > 1);
  const names = new Set(keys.map((key) => key.name));
  const shared = sharedPrefix([...names]);
  const said = infos.map((info, i) => {
    const values = differing.map((label) => labelOf(i, label)).filter((value) => value !== '');
    const name = names.size > 1 ? info.title || spoken(keys[i]!.name.slice(shared)) : '';
    return [name, ...values].filter((part) => part !== '').join(' · ') || info.title || spoken(keys[i]!.name);
  });
  return new Set(said).size === said.length ? said : infos.map((info) => info.key);
}

/** How many characters of whole words all names begin with. */
function sharedPrefix(names: readonly string[]): number {
  if (names.length < 2) return 0;
  let length = 0;
  for (let at = names[0]!.indexOf('.'); at >= 0; at = names[0]!.indexOf('.', at + 1)) {
    const prefix = names[0]!.slice(0, at + 1);
    if (!names.every((name) => name.startsWith(prefix) && name.length > prefix.length)) break;
    length = prefix.length;
  }
  return length;
}
