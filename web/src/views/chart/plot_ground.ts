// What stands behind a chart's lines: states as strips of their colours, events as marks with their words.
import type uPlot from 'uplot';
import type { ChartBuffer, Run } from '../../logic/chart_buffer.ts';
import type { Happening } from '../../logic/happenings.ts';
import { joinRuns } from '../../logic/runs.ts';
import type { SeriesEntry } from '../../logic/series_store.ts';
import { stateColour } from '../../logic/state_colour.ts';
import { type ChartColours, translucent } from './chart_colours.ts';

const ratio = () => window.devicePixelRatio || 1;
const FONT_PX = 11;
const STRENGTH = 0.16;
const NEAR_PX = 8;

export interface Ground {
  readonly entry: SeriesEntry;
  readonly buffer: ChartBuffer;
}

/** Each state lasts until the next; the newest until now. */
export function drawStates(
  plot: uPlot,
  grounds: readonly Ground[],
  until: number,
  colours: ChartColours,
): void {
  const { ctx: pen, bbox } = plot;
  const height = bbox.height / Math.max(1, grounds.length);
  const place = (ms: number) =>
    Math.min(bbox.left + bbox.width, Math.max(bbox.left, plot.valToPos(ms / 1000, 'x', true)));
  pen.save();
  pen.font = `${FONT_PX * ratio()}px system-ui, sans-serif`;
  pen.textBaseline = 'top';
  grounds.forEach(({ entry, buffer }, row) => {
    const top = bbox.top + row * height;
    for (let at = 0; at < buffer.length; ) {
      const value = buffer.mean(at);
      let next = at + 1;
      while (next < buffer.length && buffer.mean(next) === value) next += 1;
      const [begin, end] = [place(buffer.time(at)), place(next < buffer.length ? buffer.time(next) : until)];
      at = next;
      if (Number.isNaN(value) || end - begin < 1) continue;
      const name = entry.states?.nameOf(value) ?? '';
      pen.fillStyle = translucent(colours.states[stateColour(name, value)], STRENGTH);
      pen.fillRect(begin, top, end - begin, height);
      if (pen.measureText(name).width > end - begin - 8 * ratio()) continue;
      pen.fillStyle = colours.text;
      pen.fillText(name, begin + 4 * ratio(), top + 3 * ratio());
    }
  });
  pen.restore();
}

/** What of the buffers is uncertain in a span. */
export function uncertainIn(buffers: readonly ChartBuffer[], from: number, to: number): readonly Run[] {
  return joinRuns(
    buffers.map(({ uncertain }) => uncertain),
    from,
    to,
  );
}

const HATCH_PX = 7;
const NARROWEST_PX = 4;
const hatches = new Map<string, CanvasPattern | null>();

/** Lines from corner to corner of a tile, so that tiles join. */
function hatchOf(pen: CanvasRenderingContext2D, colour: string): CanvasPattern | null {
  const size = Math.round(HATCH_PX * ratio());
  const id = `${colour} ${size}`;
  const made = hatches.get(id);
  if (made !== undefined) return made;
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const brush = tile.getContext('2d')!;
  brush.strokeStyle = colour;
  brush.lineWidth = ratio();
  brush.beginPath();
  for (const shift of [-size, 0, size]) {
    brush.moveTo(shift, size);
    brush.lineTo(shift + size, 0);
  }
  brush.stroke();
  const pattern = pen.createPattern(tile, 'repeat');
  hatches.set(id, pattern);
  return pattern;
}

/** Hatched where times or values are uncertain. */
export function drawUncertain(plot: uPlot, runs: readonly Run[], colours: ChartColours): void {
  if (runs.length === 0) return;
  const { ctx: pen, bbox } = plot;
  const hatch = hatchOf(pen, translucent(colours.text, 0.45));
  if (hatch === null) return;
  pen.save();
  pen.fillStyle = hatch;
  const right = bbox.left + bbox.width;
  for (const [first, last] of runs) {
    const [from, to] = [plot.valToPos(first / 1000, 'x', true), plot.valToPos(last / 1000, 'x', true)];
    const missing = Math.max(0, NARROWEST_PX * ratio() - (to - from)) / 2;
    const begin = Math.max(bbox.left, from - missing);
    const end = Math.min(right, to + missing);
    if (begin < end) pen.fillRect(begin, bbox.top, end - begin, bbox.height);
  }
  pen.restore();
}

/** A line at each event; its words where there is room for them, and where the pointer is. */
export function drawEvents(plot: uPlot, events: readonly Happening[], colours: ChartColours): void {
  const { ctx: pen, bbox } = plot;
  const pointer = (plot.cursor.left ?? -100) * ratio() + bbox.left;
  pen.save();
  pen.font = `${FONT_PX * ratio()}px system-ui, sans-serif`;
  pen.textBaseline = 'bottom';
  pen.lineWidth = ratio();
  let right = bbox.left + bbox.width;
  // Newest first: what stands to the right bounds the room for words.
  for (const { time, text } of events) {
    const x = plot.valToPos(time / 1000, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    pen.strokeStyle = translucent(colours.marks, 0.55);
    pen.setLineDash([2 * ratio(), 3 * ratio()]);
    pen.beginPath();
    pen.moveTo(x, bbox.top);
    pen.lineTo(x, bbox.top + bbox.height);
    pen.stroke();
    pen.fillStyle = colours.marks;
    pen.beginPath();
    pen.moveTo(x - 4 * ratio(), bbox.top + bbox.height);
    pen.lineTo(x + 4 * ratio(), bbox.top + bbox.height);
    pen.lineTo(x, bbox.top + bbox.height - 7 * ratio());
    pen.fill();
    const width = pen.measureText(text).width;
    const near = Math.abs(x - pointer) < NEAR_PX * ratio();
    if (near || x + width + 10 * ratio() < right) {
      const from = near
        ? Math.min(x + 6 * ratio(), bbox.left + bbox.width - width - 4 * ratio())
        : x + 6 * ratio();
      const bottom = bbox.top + bbox.height - 4 * ratio();
      if (near) {
        pen.fillStyle = colours.surface;
        pen.fillRect(from - 3 * ratio(), bottom - 14 * ratio(), width + 6 * ratio(), 16 * ratio());
      }
      pen.fillStyle = colours.text;
      pen.fillText(text, from, bottom);
    }
    right = x;
  }
  pen.restore();
}
