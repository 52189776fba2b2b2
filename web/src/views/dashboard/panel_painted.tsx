// Panels that paint for themselves: states over time, heatmap, histogram.

import { useMemo } from 'preact/hooks';
import { heatByValue, heatOfRows } from '../../logic/heat.ts';
import { histogram } from '../../logic/histogram.ts';
import { lineLabels } from '../../logic/line_label.ts';
import { axisTexts, NumberStyle } from '../../logic/number_format.ts';
import { t } from '../../logic/texts.ts';
import { translucent } from '../chart/chart_colours.ts';
import { type Paint, PanelCanvas } from './canvas.tsx';
import { useSources } from './entries.ts';
import { paintBlocks, paintCrosshair, paintTimeAxis } from './paint.ts';
import type { PanelProps } from './panel_body.tsx';
import { usePast } from './use_session.ts';

const AXIS = 20;
const POINTS = 600;
const HEAT_POINTS = 240;
const MAX_LABEL = 160;

function keysOf(entries: readonly { readonly info: { readonly key: string } }[]): string {
  return entries.map(({ info }) => info.key).join(' ');
}

/** Names of rows at the left; how wide they are. */
function paintNames({ pen, colours, width }: Paint, names: readonly string[], rowHeight: number): number {
  pen.fillStyle = colours.text;
  pen.textBaseline = 'middle';
  pen.textAlign = 'left';
  const room = Math.min(MAX_LABEL, width * 0.35);
  const left = Math.min(room, Math.max(0, ...names.map((name) => pen.measureText(name).width))) + 12;
  names.forEach((name, i) => {
    let text = name;
    while (text.length > 1 && pen.measureText(text).width > room) text = `${text.slice(0, -2)}…`;
    if (rowHeight >= 10) pen.fillText(text, 0, (i + 0.5) * rowHeight);
  });
  return left;
}

export function StatesPanel({ shown, state }: PanelProps) {
  const entries = useSources(shown.y);
  const past = usePast(entries, state, shown.panel.spanMs, POINTS);
  const draw = useMemo(() => {
    const names = lineLabels(
      entries.map(({ info }) => info),
      shown.panel.by,
    );
    return (paint: Paint) => {
      past.version.value;
      const { from, to } = past.bounds();
      const { pen, width, height } = paint;
      const row = Math.min(56, (height - AXIS) / Math.max(1, entries.length));
      const left = paintNames(paint, names, row);
      pen.save();
      pen.translate(left, 0);
      past.lines().forEach((line, i) => {
        paintBlocks({ ...paint, width: width - left }, line, from, to, i * row + 2, row - 4);
      });
      pen.restore();
      paintTimeAxis(paint, from, to, left, width, entries.length * row + 5);
      paintCrosshair(paint, state.cursor.value, from, to, left, width, entries.length * row);
    };
  }, [entries, shown.panel, past.version]);
  return (
    <div class="painted" data-chart data-series={keysOf(entries)}>
      <PanelCanvas draw={draw} label={`${t('States over time')}: ${shown.panel.title}`} />
    </div>
  );
}

const MARK_EVERY = 4;

/** Round values beside the rows that they are nearest to. */
function valueMarks(rows: number, low: number, high: number, unit: string): string[] {
  const at = Array.from({ length: rows }, (_, i) => high - ((i + 0.5) / rows) * (high - low));
  const digits = Math.max(0, Math.min(6, 1 - Math.floor(Math.log10(high - low))));
  const texts = axisTexts(
    at.map((value) => Number(value.toFixed(digits))),
    unit,
  );
  return texts.map((text, i) => (i % MARK_EVERY === 1 ? text : ''));
}

export function HeatmapPanel({ shown, state }: PanelProps) {
  const entries = useSources(shown.y);
  const past = usePast(entries, state, shown.panel.spanMs, HEAT_POINTS);
  const draw = useMemo(() => {
    const names = lineLabels(
      entries.map(({ info }) => info),
      shown.panel.by,
    );
    const unit = shown.panel.unit ?? entries[0]?.info.unit ?? '';
    return (paint: Paint) => {
      past.version.value;
      const { from, to } = past.bounds();
      const { pen, width, height, colours } = paint;
      const lines = past.lines();
      const many = lines.length > 1;
      const rows = many ? lines.length : Math.max(6, Math.min(24, Math.floor((height - AXIS) / 10)));
      const row = (height - AXIS) / Math.max(1, rows);
      const columns = Math.max(10, Math.floor(width / 8));
      const heat = many
        ? heatOfRows(
            lines.map(({ buffer }) => buffer),
            from,
            to,
            columns,
          )
        : heatByValue(lines[0]?.buffer ?? null, from, to, columns, rows, shown.panel.min, shown.panel.max);
      const marks = many ? names : valueMarks(rows, heat.low, heat.high, unit);
      const left = paintNames(paint, marks, row);
      const cell = (width - left) / columns;
      for (let r = 0; r < rows; r += 1) {
        for (let c = 0; c < columns; c += 1) {
          const share = heat.cells[r * columns + c]!;
          if (Number.isNaN(share)) continue;
          pen.fillStyle = translucent(colours.series[0]!, 0.06 + 0.94 * share);
          // On whole pixels: no seams between neighbours.
          const begin = Math.round(left + c * cell);
          pen.fillRect(begin, r * row, Math.round(left + (c + 1) * cell) - begin, row - 1);
        }
      }
      paintTimeAxis(paint, from, to, left, width, height - AXIS + 5);
      paintCrosshair(paint, state.cursor.value, from, to, left, width, height - AXIS);
    };
  }, [entries, shown.panel, past.version]);
  return (
    <div class="painted" data-chart data-series={keysOf(entries)}>
      <PanelCanvas draw={draw} label={`${t('Heatmap')}: ${shown.panel.title}`} />
    </div>
  );
}

export function HistogramPanel({ shown, state }: PanelProps) {
  const entries = useSources(shown.y);
  const past = usePast(entries, state, shown.panel.spanMs, POINTS);
  const draw = useMemo(() => {
    const style = new NumberStyle(shown.panel.unit ?? entries[0]?.info.unit ?? '', shown.panel.decimals);
    return (paint: Paint) => {
      past.version.value;
      const { pen, width, height, colours } = paint;
      const { from, to } = past.bounds();
      const bins = Math.max(8, Math.min(40, Math.floor(width / 14)));
      const { low, step, counts } = histogram(
        past.lines().map(({ buffer }) => buffer),
        from,
        to,
        bins,
      );
      const most = Math.max(1, ...counts);
      const bar = width / Math.max(1, counts.length);
      const room = height - AXIS;
      pen.strokeStyle = colours.grid;
      pen.beginPath();
      pen.moveTo(0, room + 0.5);
      pen.lineTo(width, room + 0.5);
      pen.stroke();
      pen.fillStyle = colours.series[0]!;
      counts.forEach((count, i) => {
        if (count > 0)
          pen.fillRect(
            i * bar + 1,
            room - Math.max(1, (count / most) * (room - 4)),
            bar - 2,
            Math.max(1, (count / most) * (room - 4)),
          );
      });
      pen.fillStyle = colours.text;
      pen.textBaseline = 'top';
      const every = Math.max(1, Math.ceil(64 / bar));
      for (let i = 0; i <= counts.length; i += every) {
        pen.textAlign = i === 0 ? 'left' : i * bar > width - 20 ? 'right' : 'center';
        pen.fillText(style.format(Number((low + i * step).toPrecision(6))).number, i * bar, room + 5);
      }
    };
  }, [entries, shown.panel, past.version]);
  return (
    <div class="painted" data-chart data-series={keysOf(entries)}>
      <PanelCanvas draw={draw} label={`${t('Distribution')}: ${shown.panel.title}`} />
    </div>
  );
}
