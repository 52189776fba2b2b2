// The last ten minutes in a few pixels: a line for numbers, blocks for states. It stands only while it is in view.
import { useSignal, useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { TileModel } from '../app/tile_model.ts';
import { useApp } from './context.ts';
import { watchSize } from './sizes.ts';
import { paintSpark } from './sparkline_paint.ts';
import './sparkline.css';

export function Sparkline({ model }: { readonly model: TileModel }) {
  const app = useApp();
  const canvas = useRef<HTMLCanvasElement>(null);
  const size = useSignal<readonly [number, number]>([0, 0]);
  useLayoutEffect(
    () =>
      watchSize(canvas.current!, (width, height) => {
        size.value = [width, height];
      }),
    [],
  );
  useSignalEffect(() => {
    model.drawn.value;
    const painted = app.theme.painted.value;
    const [width, height] = size.value;
    if (canvas.current === null) return;
    paintSpark(model.entry, { canvas: canvas.current, width, height, painted, now: app.clock.now() });
  });
  return <canvas ref={canvas} class="sparkline" aria-hidden="true" />;
}
