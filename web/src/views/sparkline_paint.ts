// Draws sparklines. Colours are read from the stylesheet once per theme.
import type { SeriesEntry } from '../logic/series_store.ts';
import { sparkBlocks, sparkLine } from '../logic/spark_geometry.ts';
import { type StateColour, stateColour } from '../logic/state_colour.ts';

const STATE_COLOURS: readonly StateColour[] = ['calm', 'alarm', 'rest', 'warn', 'other-0', 'other-1'];

interface Colours {
  /** Of which theme they are. */
  readonly painted: number;
  readonly line: string;
  readonly fill: string;
  readonly states: ReadonlyMap<StateColour, string>;
}

let colours: Colours | null = null;

function coloursOf(painted: number): Colours {
  if (colours?.painted === painted) return colours;
  const style = getComputedStyle(document.documentElement);
  colours = {
    painted,
    line: style.getPropertyValue('--series-1'),
    fill: style.getPropertyValue('--accent-soft'),
    states: new Map(STATE_COLOURS.map((name) => [name, style.getPropertyValue(`--state-${name}`)])),
  };
  return colours;
}

export interface SparkPicture {
  readonly canvas: HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
  readonly painted: number;
  readonly now: number;
}

export function paintSpark(entry: SeriesEntry, picture: SparkPicture): void {
  const { canvas, width, height } = picture;
  const pen = canvas.getContext('2d');
  if (pen === null || width === 0) return;
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  if (entry.states === null) paintLine(entry, pen, picture);
  else paintBlocks(entry, pen, picture);
}

function paintLine(entry: SeriesEntry, pen: CanvasRenderingContext2D, picture: SparkPicture): void {
  const { width, height, now, painted } = picture;
  const { line, fill } = coloursOf(painted);
  pen.lineWidth = 1.5;
  pen.lineJoin = 'round';
  pen.lineCap = 'round';
  pen.strokeStyle = line;
  pen.fillStyle = fill;
  for (const run of sparkLine(entry.spark.points, now, entry.interval.usualMs, width, height).runs) {
    pen.beginPath();
    pen.moveTo(run[0]!, run[1]!);
    for (let i = 2; i < run.length; i += 2) pen.lineTo(run[i]!, run[i + 1]!);
    if (run.length === 2) pen.lineTo(run[0]! + 0.01, run[1]!);
    pen.stroke();
    pen.lineTo(run[run.length - 2]!, height);
    pen.lineTo(run[0]!, height);
    pen.fill();
  }
}

function paintBlocks(entry: SeriesEntry, pen: CanvasRenderingContext2D, picture: SparkPicture): void {
  const { states } = coloursOf(picture.painted);
  for (const block of sparkBlocks(entry.spark.points, picture.now, picture.width)) {
    pen.fillStyle = states.get(stateColour(entry.states?.nameOf(block.value) ?? '', block.value)) ?? '';
    pen.fillRect(block.x, picture.height - 10, Math.max(1, block.width - 1), 6);
  }
}
