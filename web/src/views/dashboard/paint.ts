// What panels paint on their canvases.
import type { SessionLine } from '../../app/chart_session.ts';
import type { ChartBuffer } from '../../logic/chart_buffer.ts';
import { stateColour } from '../../logic/state_colour.ts';
import { axisLabel } from '../../logic/time_label.ts';
import { offsetAt } from '../../logic/time_zone.ts';
import { translucent } from '../chart/chart_colours.ts';
import type { Paint } from './canvas.tsx';

/** A young series is shown over at least a minute, so that it does not start as a dot at the edge. */
export function youngStart(buffer: ChartBuffer, from: number, to: number): number {
  return buffer.length === 0 ? from : Math.max(from, Math.min(buffer.time(0), to - 60_000));
}

export function paintSparkline(
  { pen, width, height, colours }: Paint,
  line: SessionLine,
  begins: number,
  to: number,
): void {
  const { buffer } = line;
  const from = youngStart(buffer, begins, to);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let first = buffer.length;
  for (let i = buffer.length - 1; i >= 0 && buffer.time(i) >= from; i -= 1) {
    first = i;
    if (Number.isNaN(buffer.mean(i))) continue;
    min = Math.min(min, buffer.mean(i));
    max = Math.max(max, buffer.mean(i));
  }
  if (min > max) return;
  const x = (time: number) => ((time - from) / (to - from)) * width;
  const y = (value: number) =>
    max === min ? height / 2 : 3 + (height - 6) * (1 - (value - min) / (max - min));
  const colour = colours.series[0]!;
  let begin = Number.NaN;
  let end = 0;
  const fill = () => {
    if (Number.isNaN(begin)) return;
    pen.stroke();
    pen.lineTo(end, height);
    pen.lineTo(begin, height);
    pen.fill();
    begin = Number.NaN;
  };
  pen.strokeStyle = colour;
  pen.fillStyle = translucent(colour, 0.1);
  pen.lineWidth = 1.5;
  pen.lineJoin = 'round';
  pen.beginPath();
  for (let i = first; i < buffer.length; i += 1) {
    const value = buffer.mean(i);
    const gap = i > first && buffer.time(i) - buffer.time(i - 1) > buffer.gapMs;
    if (Number.isNaN(value) || gap) {
      fill();
      pen.beginPath();
    }
    if (Number.isNaN(value)) continue;
    const at = Math.min(width, x(buffer.time(i)));
    if (Number.isNaN(begin)) {
      begin = at;
      pen.moveTo(at, y(value));
    } else pen.lineTo(at, y(value));
    end = at;
  }
  fill();
}

/** As much of a text as there is room for; nothing rather than a letter or two. */
export function fitted(pen: CanvasRenderingContext2D, text: string, room: number): string {
  if (pen.measureText(text).width <= room) return text;
  let kept = text.length;
  while (kept > 0 && pen.measureText(`${text.slice(0, kept)}…`).width > room) kept -= 1;
  return kept < 3 ? '' : `${text.slice(0, kept).trimEnd()}…`;
}

/** A state's past as blocks in a row; each lasts until the next reading. */
export function paintBlocks(
  { pen, width }: Paint,
  { entry, buffer }: SessionLine,
  from: number,
  to: number,
  top: number,
  height: number,
): void {
  const style = getComputedStyle(pen.canvas);
  const x = (time: number) => Math.max(0, Math.min(width, ((time - from) / (to - from)) * width));
  let at = 0;
  while (at < buffer.length) {
    const value = buffer.mean(at);
    let next = at + 1;
    while (next < buffer.length && buffer.mean(next) === value) next += 1;
    const start = x(buffer.time(at));
    const end = next < buffer.length ? x(buffer.time(next)) : x(to);
    at = next;
    if (Number.isNaN(value) || end <= start) continue;
    const name = entry.states?.nameOf(value) ?? '';
    pen.fillStyle = style.getPropertyValue(`--state-${stateColour(name, value)}`).trim();
    pen.fillRect(start, top, Math.max(1, end - start - 1), height);
    if (end - start > 24 && height >= 16) {
      const pale = stateColour(name, value) === 'rest' || stateColour(name, value) === 'warn';
      pen.fillStyle = style.getPropertyValue(pale ? '--on-pale' : '--surface').trim();
      pen.textBaseline = 'middle';
      pen.textAlign = 'left';
      const room = end - start - 12;
      pen.fillText(fitted(pen, name, room), start + 6, top + height / 2 + 0.5);
    }
  }
}

const STEPS_S = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800,
];

/** Marks of a time axis below what is painted. */
export function paintTimeAxis(
  { pen, colours }: Paint,
  from: number,
  to: number,
  left: number,
  right: number,
  y: number,
): void {
  const wanted = (to - from) / Math.max(1, (right - left) / 90) / 1000;
  const step = (STEPS_S.find((candidate) => candidate >= wanted) ?? 2_592_000) * 1000;
  const zone = -offsetAt(from);
  pen.fillStyle = colours.text;
  pen.textBaseline = 'top';
  pen.textAlign = 'center';
  for (let at = Math.ceil((from - zone) / step) * step + zone; at < to; at += step) {
    const x = left + ((at - from) / (to - from)) * (right - left);
    if (x > left + 24 && x < right - 24) pen.fillText(axisLabel(at, step), x, y);
  }
}

/** The crosshair of the page's charts. */
export function paintCrosshair(
  { pen, colours }: Paint,
  at: number | null,
  from: number,
  to: number,
  left: number,
  right: number,
  height: number,
): void {
  if (at === null || at < from || at > to) return;
  const x = Math.round(left + ((at - from) / (to - from)) * (right - left)) + 0.5;
  pen.strokeStyle = colours.text;
  pen.setLineDash([3, 3]);
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(x, 0);
  pen.lineTo(x, height);
  pen.stroke();
  pen.setLineDash([]);
}
