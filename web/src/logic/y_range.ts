// The value axis of a chart that moves: grows at once so that nothing is cut off, shrinks only when much of it has
// been empty, so that it does not breathe with every reading.

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

const PADDING = 0.08;
const SHRINK_BELOW = 0.6;

function padded(min: number, max: number): Bounds {
  const span = max - min;
  if (span === 0) {
    const room = Math.max(Math.abs(max) * 0.05, 0.5);
    return { min: min - room, max: max + room };
  }
  // A number that is never negative does not get an axis that says it could be.
  const low = min >= 0 ? Math.max(0, min - span * PADDING) : min - span * PADDING;
  return { min: low, max: max + span * PADDING };
}

export function nextBounds(previous: Bounds | null, min: number, max: number): Bounds {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return previous ?? { min: 0, max: 1 };
  if (previous === null) return padded(min, max);
  const fits = min >= previous.min && max <= previous.max;
  const span = previous.max - previous.min;
  if (fits && max - min >= span * (1 - 2 * PADDING) * SHRINK_BELOW) return previous;
  return padded(min, max);
}
