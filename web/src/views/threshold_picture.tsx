// What a series did, with the thresholds of a rule on it: dragged with a finger, moved with arrow keys, and marked where
// the rule would have fired.
import { useRef } from 'preact/hooks';
import type { Firing } from '../api/rules.ts';
import { t } from '../logic/texts.ts';
import {
  bandPath,
  heightOf,
  type PastColumns,
  placeOf,
  type ThresholdScale,
  valueAt,
} from '../logic/threshold_scale.ts';

/** More marks than this are one blot. */
const MOST_MARKS = 300;
const KEY_STEPS = 100;

interface Props {
  readonly past: PastColumns;
  readonly scale: ThresholdScale;
  readonly threshold: number;
  readonly clear: number;
  readonly way: 'above' | 'below';
  readonly firings: readonly Firing[];
  readonly onThreshold: (value: number) => void;
}

export function ThresholdPicture({ past, scale, threshold, clear, way, firings, onThreshold }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const height = heightOf(scale, threshold);
  const drag = (event: PointerEvent) => {
    const place = frame.current!.getBoundingClientRect();
    onThreshold(valueAt(scale, (event.clientY - place.top) / place.height));
  };
  const step = (scale.high - scale.low) / KEY_STEPS;
  return (
    <div
      class="threshold-picture"
      ref={frame}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag(event);
      }}
      onPointerMove={(event) => {
        if (event.buttons > 0) drag(event);
      }}
    >
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        <path class="threshold-band" d={bandPath(past, scale)} />
        {firings.slice(-MOST_MARKS).map(({ fired, over }) => (
          <rect
            key={fired}
            class="threshold-fired"
            x={placeOf(scale, fired)}
            y="0"
            width={Math.max(0.4, placeOf(scale, over ?? scale.to) - placeOf(scale, fired))}
            height="100"
          />
        ))}
        {Number.isFinite(clear) && (
          <line
            class="threshold-clear"
            x1="0"
            x2="100"
            y1={heightOf(scale, clear)}
            y2={heightOf(scale, clear)}
          />
        )}
      </svg>
      {Number.isFinite(threshold) && (
        <div
          class="threshold-handle"
          role="slider"
          tabIndex={0}
          aria-label={t('Threshold')}
          aria-orientation="vertical"
          aria-valuemin={scale.low}
          aria-valuemax={scale.high}
          aria-valuenow={threshold}
          data-way={way}
          style={{ top: `${height}%` }}
          onKeyDown={(event) => {
            const steps = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
            if (steps === 0) return;
            event.preventDefault();
            onThreshold(threshold + steps * step * (event.shiftKey ? 10 : 1));
          }}
        />
      )}
    </div>
  );
}
