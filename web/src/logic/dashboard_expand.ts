// From a dashboard's document and the series that there are to the panels that are shown: variables get their values,
// what repeats by a label becomes one for each value, and `auto` is decided. Pure.
import type { SeriesInfo } from '../api/wire.ts';
import type { DashboardDoc, Panel, PanelKind, Section, Variable } from './dashboard_doc.ts';
import { type Chosen, choose } from './selector.ts';
import { parseSeriesKey } from './series_key.ts';

/** A panel with its place in the document and what it repeats for. */
export interface ShownPanel {
  readonly id: string;
  readonly panel: Panel;
  readonly kind: Exclude<PanelKind, 'auto'>;
  readonly y: readonly Chosen<SeriesInfo>[];
  readonly y2: readonly Chosen<SeriesInfo>[];
  /** Index of the section and of the panel in it, in the document. */
  readonly source: readonly [number, number];
}

export interface ShownSection {
  readonly id: string;
  readonly title: string;
  readonly tab: string;
  readonly folded: boolean;
  readonly panels: readonly ShownPanel[];
}

export type Values = Readonly<Record<string, string>>;

/** Repeats, and series of one panel, are bounded: what stands beyond is not drawn. */
export const MAX_REPEATS = 60;
export const MAX_SERIES_OF_PANEL = 400;

/** A choice of all values. */
export const ALL = '*';

const collator = new Intl.Collator(undefined, { numeric: true });

export function labelValues(series: readonly SeriesInfo[], label: string): string[] {
  const found = new Set<string>();
  for (const info of series) {
    for (const [name, value] of parseSeriesKey(info.key).labels) if (name === label) found.add(value);
  }
  return [...found].sort(collator.compare);
}

export function variableChoices(variable: Variable, series: readonly SeriesInfo[]): string[] {
  if (variable.values.length > 0) return [...variable.values];
  const of = variable.of === '' ? series : choose(series, [variable.of]).map(({ item }) => item);
  return labelValues(of, variable.label);
}

/** What each variable is now: as the address says, as the document says, else everything. */
export function variableValues(doc: DashboardDoc, given: Values): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, first, values: choices, label } of doc.variables) {
    values[name] = given[name] ?? (first || (label === '' ? (choices[0] ?? '') : ALL));
  }
  return values;
}

/** `$room`, `${room}`; `$$` is a dollar. */
export function fillIn(text: string, values: Values): string {
  return text.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    if (whole === '$$') return '$';
    return values[braced ?? bare ?? ''] ?? whole;
  });
}

/** In what people read, a choice of everything is said in words. */
function fillInWords(text: string, values: Values): string {
  const words = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value === ALL ? 'all' : value]),
  );
  return fillIn(text, words);
}

function decide(panel: Panel, chosen: readonly Chosen<SeriesInfo>[]): Exclude<PanelKind, 'auto'> {
  if (panel.kind !== 'auto') return panel.kind;
  if (panel.y.length === 0 && panel.text !== '') return 'text';
  const kinds = new Set(chosen.map(({ item }) => item.kind));
  if (kinds.size === 1 && kinds.has('event')) return 'events';
  if (kinds.size === 1 && kinds.has('state')) return 'states';
  return panel.stack ? 'areas' : 'lines';
}

class Expansion {
  constructor(
    private readonly series: readonly SeriesInfo[],
    private readonly values: Values,
  ) {}

  sections(list: readonly Section[]): ShownSection[] {
    return list.flatMap((section, s) =>
      this.repeats(
        section.repeat,
        section.panels.flatMap((panel) => [...panel.y, ...panel.y2]),
      ).map((only) => {
        const values = only === null ? this.values : { ...this.values, [section.repeat]: only };
        const id = `${s}${only === null ? '' : `=${only}`}`;
        return {
          id,
          title: fillInWords(section.title, values) || (only ?? ''),
          tab: section.tab,
          folded: section.folded,
          panels: section.panels.flatMap((panel, p) =>
            this.panels(panel, values, `${id}/${p}`, [s, p], only === null ? null : [section.repeat, only]),
          ),
        };
      }),
    );
  }

  private panels(
    panel: Panel,
    values: Values,
    id: string,
    source: readonly [number, number],
    within: readonly [string, string] | null,
  ): ShownPanel[] {
    return this.repeats(panel.repeat, [...panel.y, ...panel.y2], values, within).map((only) => {
      const own = only === null ? values : { ...values, [panel.repeat]: only };
      const limits: (readonly [string, string])[] = within === null ? [] : [within];
      if (only !== null) limits.push([panel.repeat, only]);
      const y = this.choose(panel.y, own, limits);
      const title = fillInWords(panel.title, own);
      return {
        id: only === null ? id : `${id}=${only}`,
        panel: {
          ...panel,
          title:
            only !== null && panel.title.indexOf('$') < 0 ? [title, only].filter(Boolean).join(' · ') : title,
          text: fillInWords(panel.text, own),
        },
        kind: decide(panel, y),
        y,
        y2: this.choose(panel.y2, own, limits),
        source,
      };
    });
  }

  private choose(
    selectors: readonly string[],
    values: Values,
    limits: readonly (readonly [string, string])[],
  ): Chosen<SeriesInfo>[] {
    const filled = selectors.map((text) => fillIn(text, values));
    return choose(this.series, filled)
      .filter(({ item }) => {
        if (limits.length === 0) return true;
        const { labels } = parseSeriesKey(item.key);
        return limits.every(([label, value]) => labels.some(([own, has]) => own === label && has === value));
      })
      .slice(0, MAX_SERIES_OF_PANEL);
  }

  /** The values to repeat for; a null stands for once, without one. */
  private repeats(
    label: string,
    selectors: readonly string[],
    values: Values = this.values,
    within: readonly [string, string] | null = null,
  ): (string | null)[] {
    if (label === '') return [null];
    const open = { ...values, [label]: ALL };
    const chosen = this.choose(selectors, open, within === null ? [] : [within]).map(({ item }) => item);
    const all = labelValues(chosen, label);
    const only = values[label];
    const wanted = only === undefined || only === ALL ? all : all.filter((value) => value === only);
    return wanted.slice(0, MAX_REPEATS);
  }
}

export function expandDashboard(
  doc: DashboardDoc,
  series: readonly SeriesInfo[],
  values: Values,
): ShownSection[] {
  return new Expansion(series, values).sections(doc.sections);
}

/** The tabs in their order; what is on none is on all. */
export function tabsOf(sections: readonly { readonly tab: string }[]): string[] {
  return [...new Set(sections.map(({ tab }) => tab).filter((tab) => tab !== ''))];
}
