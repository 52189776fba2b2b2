// A canvas that a panel draws for itself: sized by its place, sharp on every screen, drawn again when what it reads
// changes.
import { useSignal, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type ChartColours, readColours } from '../chart/chart_colours.ts';
import { useApp } from '../context.ts';
import { watchSize } from '../sizes.ts';
import { watchVisibility } from '../visibility.ts';

export interface Paint {
  readonly pen: CanvasRenderingContext2D;
  readonly width: number;
  readonly height: number;
  readonly colours: ChartColours;
}

interface Props {
  /** Reads signals: it is called again when one of them changes. */
  readonly draw: (paint: Paint) => void;
  readonly label: string;
  readonly class?: string;
  readonly onPointer?: (x: number | null, width: number) => void;
}

export function PanelCanvas({ draw, label, class: name, onPointer }: Props) {
  const app = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSignal<readonly [number, number]>([0, 0]);
  const seen = useSignal(false);
  const how = useRef(draw);
  const turn = useSignal(0);
  if (how.current !== draw) {
    how.current = draw;
  }
  useLayoutEffect(() => {
    turn.value += 1;
  }, [draw]);
  useLayoutEffect(() => {
    const frame = canvas.current!.parentElement!;
    const stop = watchSize(frame, (width, height) => {
      size.value = [Math.floor(width), Math.floor(height)];
    });
    const unwatch = watchVisibility(frame, (visible) => {
      seen.value = visible;
    });
    return () => {
      stop();
      unwatch();
    };
  }, []);
  useSignalEffect(() => {
    app.theme.painted.value;
    turn.value;
    const [width, height] = size.value;
    if (!seen.value || canvas.current === null || width === 0 || height === 0) return;
    const ratio = window.devicePixelRatio || 1;
    const element = canvas.current;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (element.width !== wide || element.height !== high) {
      element.width = wide;
      element.height = high;
    }
    const pen = element.getContext('2d')!;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.font = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
    how.current({ pen, width, height, colours: readColours(element) });
  });
  return (
    <div class={`panel-canvas ${name ?? ''}`}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        onPointerMove={(event) => onPointer?.(event.offsetX, event.currentTarget.clientWidth)}
        onPointerLeave={() => onPointer?.(null, 1)}
      />
    </div>
  );
}
