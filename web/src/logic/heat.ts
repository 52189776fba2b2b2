// Cells of a heatmap over time: shares from 0 to 1, row by row from the top; NaN where there is nothing.
import type { ChartBuffer } from './chart_buffer.ts';

export interface Heat {
  readonly cells: Float64Array;
  readonly low: number;
  readonly high: number;
}

/** A row for each line; the darker, the greater its mean. */
export function heatOfRows(buffers: readonly ChartBuffer[], from: number, to: number, columns: number): Heat {
  const cells = new Float64Array(buffers.length * columns).fill(Number.NaN);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  buffers.forEach((buffer, row) => {
    const sums = new Float64Array(columns);
    const weights = new Float64Array(columns);
    eachPoint(buffer, from, to, columns, (column, value, weight) => {
      sums[column] = sums[column]! + value * weight;
      weights[column] = weights[column]! + weight;
    });
    for (let c = 0; c < columns; c += 1) {
      // A slow series speaks for the cells until its next reading, up to a gap.
      if (weights[c]! === 0) continue;
      const mean = sums[c]! / weights[c]!;
      cells[row * columns + c] = mean;
      low = Math.min(low, mean);
      high = Math.max(high, mean);
    }
    const width = (to - from) / columns;
    let held = Number.NaN;
    let age = 0;
    for (let c = 0; c < columns; c += 1) {
      const at = row * columns + c;
      if (!Number.isNaN(cells[at]!)) {
        held = cells[at]!;
        age = 0;
      } else if (!Number.isNaN(held)) {
        age += width;
        if (age <= buffer.gapMs && from + c * width < buffer.time(buffer.length - 1)) cells[at] = held;
        else held = Number.NaN;
      }
    }
  });
  const span = high - low;
  for (let i = 0; i < cells.length; i += 1) {
    if (!Number.isNaN(cells[i]!)) cells[i] = span > 0 ? (cells[i]! - low) / span : 0.5;
  }
  return { cells, low, high };
}

/** One line: how often it was where. Rows are ranges of its value, the greatest at the top. */
export function heatByValue(
  buffer: ChartBuffer | null,
  from: number,
  to: number,
  columns: number,
  rows: number,
  min: number | null,
  max: number | null,
): Heat {
  const cells = new Float64Array(rows * columns);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  if (buffer !== null) {
    eachPoint(buffer, from, to, columns, (_column, value) => {
      low = Math.min(low, value);
      high = Math.max(high, value);
    });
  }
  if (low > high) return { cells: cells.fill(Number.NaN), low: 0, high: 1 };
  low = min ?? low;
  high = max ?? high;
  if (!(high > low)) high = low + 1;
  let most = 0;
  eachPoint(buffer!, from, to, columns, (column, value, weight) => {
    const row = Math.floor(((high - value) / (high - low)) * rows);
    const at = Math.min(rows - 1, Math.max(0, row)) * columns + column;
    cells[at] = cells[at]! + weight;
    most = Math.max(most, cells[at]!);
  });
  for (let i = 0; i < cells.length; i += 1) cells[i] = cells[i]! > 0 ? cells[i]! / most : Number.NaN;
  return { cells, low, high };
}

function eachPoint(
  buffer: ChartBuffer,
  from: number,
  to: number,
  columns: number,
  tell: (column: number, value: number, weight: number) => void,
): void {
  for (let i = 0; i < buffer.length; i += 1) {
    const time = buffer.time(i);
    const value = buffer.mean(i);
    if (time < from || time >= to || Number.isNaN(value)) continue;
    tell(Math.min(columns - 1, Math.floor(((time - from) / (to - from)) * columns)), value, buffer.weight(i));
  }
}
