// Where panels stand on a grid of twelve columns. Those with a place keep it; the others flow after it, in their order.
import type { PanelKind } from './dashboard_doc.ts';

export interface Sized {
  readonly kind: PanelKind;
  readonly place: readonly [number, number, number, number] | null;
  readonly width: number | null;
  readonly height: number | null;
}

export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export const COLUMNS = 12;

const SIZES: Readonly<Record<PanelKind, readonly [number, number]>> = {
  auto: [6, 7],
  lines: [6, 7],
  steps: [6, 7],
  areas: [6, 7],
  scoreboard: [6, 3],
  stat: [3, 3],
  gauge: [3, 4],
  bar: [4, 5],
  table: [6, 7],
  states: [12, 3],
  heatmap: [6, 7],
  histogram: [6, 7],
  events: [4, 7],
  text: [4, 3],
  alarms: [4, 4],
};

/** Texts and rows need what they hold: a table of many series is taller. */
export function defaultSize(kind: PanelKind, series: number): readonly [number, number] {
  const [w, h] = SIZES[kind];
  if (kind === 'states') return [w, Math.min(12, Math.max(2, 2 + Math.ceil(series * 0.7)))];
  if (kind === 'stat' && series > 1) return [Math.min(COLUMNS, w * series), h];
  if (kind === 'gauge' && series > 1) return [Math.min(COLUMNS, w * series), h];
  if (kind === 'bar') return [w, Math.min(12, Math.max(3, 1 + series))];
  if (kind === 'scoreboard') return [Math.min(COLUMNS, Math.max(3, series * 3)), series > 4 ? 5 : 3];
  return [w, h];
}

type Item = Sized & { readonly series: number };

/** A row that is nearly full is widened to the edge; what is alone stays as it is. */
const WIDEN_FROM = 8;

/** The flowing panels in rows that are full to the edge, each as high as its highest. */
function rowsOf(
  panels: readonly Item[],
): { readonly w: number[]; readonly h: number; readonly of: number[] }[] {
  const rows: { w: number[]; h: number; of: number[] }[] = [];
  let used = COLUMNS;
  panels.forEach((panel, i) => {
    if (panel.place !== null) return;
    const [w0, h0] = defaultSize(panel.kind, panel.series);
    const w = Math.min(COLUMNS, panel.width ?? w0);
    const h = panel.height ?? h0;
    if (used + w > COLUMNS) {
      rows.push({ w: [], h: 0, of: [] });
      used = 0;
    }
    const row = rows[rows.length - 1]!;
    row.w.push(w);
    row.of.push(i);
    row.h = Math.max(row.h, h);
    used += w;
  });
  for (const row of rows) widen(row, panels);
  return rows;
}

function widen(row: { readonly w: number[]; readonly of: number[] }, panels: readonly Item[]): void {
  const open = row.of.map((_, n) => n).filter((n) => panels[row.of[n]!]!.width === null);
  let left = COLUMNS - row.w.reduce((sum, w) => sum + w, 0);
  if (open.length === 0 || left === 0 || COLUMNS - left < WIDEN_FROM) return;
  for (let n = 0; left > 0; n += 1) {
    const at = open[n % open.length]!;
    row.w[at] = row.w[at]! + 1;
    left -= 1;
  }
}

export function layOut(panels: readonly Item[]): Place[] {
  const places = panels.map(({ place }): Place | null =>
    place === null ? null : { x: place[0], y: place[1], w: place[2], h: place[3] },
  );
  // Below those with a place of their own.
  let y = places.reduce((most, place) => Math.max(most, place === null ? 0 : place.y + place.h), 0);
  for (const row of rowsOf(panels)) {
    let x = 0;
    row.of.forEach((i, n) => {
      places[i] = { x, y, w: row.w[n]!, h: panels[i]!.height ?? row.h };
      x += row.w[n]!;
    });
    y += row.h;
  }
  return places as Place[];
}
