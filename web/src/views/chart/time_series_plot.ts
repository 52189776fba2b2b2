// uPlot behind one class: lines, steps or areas with their min–max bands, redrawn from buffers. Loaded only when a
// chart opens.
import uPlot from 'uplot';
import type { Stretch } from '../../app/explore_state.ts';
import type { ChartBuffer, Run } from '../../logic/chart_buffer.ts';
import type { ChartSpec, LineSpec } from '../../logic/chart_spec.ts';
import type { WindowSummary } from '../../logic/chart_window.ts';
import type { Happening } from '../../logic/happenings.ts';
import { axisTexts } from '../../logic/number_format.ts';
import type { StateScale } from '../../logic/state_scale.ts';
import { axisLabel } from '../../logic/time_label.ts';
import { shiftedDate } from '../../logic/time_zone.ts';
import { type Bounds, nextBounds } from '../../logic/y_range.ts';
import { type ChartColours, translucent } from './chart_colours.ts';
import { bandCount, columnsOf, fillLine, hasBand, makeLine, type PlotLine, type View } from './line_data.ts';
import { drawEvents, drawStates, drawUncertain, type Ground, uncertainIn } from './plot_ground.ts';
import { drawBrush, drawLiveEnds, drawThresholds } from './plot_marks.ts';

export interface PlotOptions {
  readonly parent: HTMLElement;
  readonly spec: ChartSpec;
  /** Of each line. */
  readonly buffers: readonly ChartBuffer[];
  readonly colours: ChartColours;
  readonly onZoom: (from: number, to: number) => void;
  /** The moment under the pointer in ms; null when it left. */
  readonly onCursor: (time: number | null) => void;
  readonly grounds: readonly Ground[];
  readonly events: () => readonly Happening[];
  /** Where the crosshair is pinned, in ms; null: it follows the pointer. */
  readonly pinnedAt: () => number | null;
}

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const LABEL_HALF_PX = 24;
type Axis = 'y' | 'y2';

function dashOf(line: LineSpec): { dash?: number[] } {
  if (line.earlier === true) return { dash: [3, 3] };
  if (line.overlay !== null) return { dash: [6, 4] };
  return line.colour >= 8 ? { dash: [2, 3] } : {};
}

export class TimeSeriesPlot {
  private readonly plot: uPlot;
  private readonly lines: readonly PlotLine[];
  private readonly bounds: Record<Axis, Bounds | null> = { y: null, y2: null };
  private hidden: ReadonlySet<number> = new Set();
  private endsLive = false;
  private until = 0;
  private brush: Stretch | null = null;
  private hovered = false;
  private told = false;
  private doubts: readonly Run[] = [];

  constructor(private readonly options: PlotOptions) {
    this.lines = options.spec.lines.map((spec, i) => makeLine(spec, options.buffers[i]!));
    const columns = 1 + this.lines.length * (1 + 2 * bandCount(options.spec));
    const empty = Array.from({ length: columns }, () => []) as unknown as uPlot.AlignedData;
    this.plot = new uPlot(this.describe(), empty, options.parent);
    this.plot.over.addEventListener('mouseenter', () => {
      this.hovered = true;
    });
    this.plot.over.addEventListener('mouseleave', () => {
      this.hovered = false;
    });
  }

  /** The canvas' layer that the pointer meets. */
  get over(): HTMLElement {
    return this.plot.over;
  }

  get plotWidth(): number {
    return this.plot.over.clientWidth;
  }

  resize(width: number, height: number): void {
    if (this.plot.width !== width || this.plot.height !== height) this.plot.setSize({ width, height });
  }

  hide(hidden: ReadonlySet<number>): void {
    this.hidden = hidden;
    this.bounds.y = null;
    this.bounds.y2 = null;
  }

  /** The crosshair where another chart's pointer is. */
  point(time: number | null): void {
    if (this.told) return;
    const left = time === null ? -10 : this.plot.valToPos(time / 1000, 'x');
    if (Math.abs((this.plot.cursor.left ?? -10) - left) > 0.25) this.plot.setCursor({ left, top: 10 }, false);
  }

  /** Draws the span; what can be said of each line. */
  draw(view: View, brush: Stretch | null): readonly WindowSummary[] {
    const { from, to, now } = view;
    this.endsLive = to >= now;
    this.until = Math.min(to, now);
    this.brush = brush;
    this.lines.forEach((line, i) => {
      if (!this.hidden.has(i)) fillLine(line, view, line.spec.entry.states !== null);
    });
    const shown = this.lines.filter((line, i) => !this.hidden.has(i) && line.spec.earlier !== true);
    this.doubts = uncertainIn(
      shown.map(({ buffer }) => buffer),
      from,
      to,
    );
    const columns = columnsOf(this.lines, this.options.spec, this.hidden);
    this.bounds.y = this.nextBounds('y', columns);
    this.bounds.y2 = this.nextBounds('y2', columns);
    this.plot.batch(() => {
      this.plot.setData(columns as uPlot.AlignedData, false);
      this.plot.setScale('x', { min: from / 1000, max: to / 1000 });
      this.plot.setScale('y', this.bounds.y!);
      if (this.hasSecondAxis) this.plot.setScale('y2', this.bounds.y2!);
    });
    return this.lines.map(({ summary }) => summary);
  }

  /** Whether something in view is uncertain. */
  get isDoubtful(): boolean {
    return this.doubts.length > 0;
  }

  destroy(): void {
    this.plot.destroy();
  }

  private get hasSecondAxis(): boolean {
    return this.lines.some(({ spec }) => spec.axis === 'y2');
  }

  /** The only line, when it shows states by their names. */
  private get states(): StateScale | null {
    return this.lines.length === 1 ? this.lines[0]!.spec.entry.states : null;
  }

  private nextBounds(axis: Axis, columns: readonly (readonly (number | null | undefined)[])[]): Bounds {
    if (this.states !== null) return { min: -0.5, max: Math.max(1, this.states.size) - 0.5 };
    const { spec } = this.options;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    this.lines.forEach((line, i) => {
      if (line.spec.axis !== axis || this.hidden.has(i)) return;
      if (line.summary.points === 0) return;
      min = Math.min(min, line.summary.min);
      max = Math.max(max, line.summary.max);
    });
    if (spec.stack) {
      min = Math.min(0, min);
      for (const value of columns[columns.length - 1] ?? []) max = Math.max(max, value ?? max);
    } else if (spec.shape === 'area' && min > 0) min = 0;
    const fixed = axis === 'y' ? this.fixedBounds(min, max) : null;
    if (fixed !== null) return fixed;
    return nextBounds(this.bounds[axis], min, max);
  }

  /** What the panel, or the series' only range, says; readings outside of a series' range win over it. */
  private fixedBounds(min: number, max: number): Bounds | null {
    const { spec } = this.options;
    if (spec.min !== null && spec.max !== null && spec.min < spec.max)
      return { min: spec.min, max: spec.max };
    const ranges = this.lines
      .filter(({ spec: line }) => line.axis === 'y')
      .map((line) => line.spec.entry.info.range);
    const range = ranges[0];
    const one = ranges.every((other) => other?.[0] === range?.[0] && other?.[1] === range?.[1]);
    if (range != null && one && !spec.stack && !(min < range[0]) && !(max > range[1])) {
      return { min: range[0], max: range[1] };
    }
    if (spec.min === null && spec.max === null) return null;
    const free = nextBounds(null, min, max);
    const low = spec.min ?? Math.min(free.min, spec.max! - 1);
    return { min: low, max: spec.max ?? Math.max(free.max, low + 1) };
  }

  private colourOf(line: PlotLine): string {
    const { series } = this.options.colours;
    return series[line.spec.colour % series.length]!;
  }

  private series(): uPlot.Series[] {
    const { spec } = this.options;
    return this.lines.flatMap((line) => {
      const colour = this.colourOf(line);
      const states = line.spec.entry.states !== null;
      const area = spec.shape === 'area' || states;
      const main: uPlot.Series = {
        stroke: line.spec.earlier === true ? translucent(colour, 0.6) : colour,
        width: line.spec.overlay === null ? 1.5 : 1.75,
        scale: line.spec.axis,
        points: { show: false },
        ...(area && !spec.stack && line.spec.earlier !== true
          ? { fill: translucent(colour, states ? 0.1 : 0.14), fillTo: states ? -0.5 : 0 }
          : {}),
        ...(spec.shape === 'step' || states ? { paths: uPlot.paths.stepped!({ align: 1 }) } : {}),
        ...dashOf(line.spec),
      };
      const edge: uPlot.Series = { width: 0, points: { show: false }, scale: line.spec.axis };
      return [main, ...new Array<uPlot.Series>(2 * bandCount(spec)).fill(edge)];
    });
  }

  private bands(): uPlot.Band[] {
    const { spec } = this.options;
    if (spec.stack) {
      return this.lines
        .map((line, i) => ({
          series: [i + 1, i === 0 ? 0 : i] as [number, number],
          fill: translucent(this.colourOf(line), 0.35),
        }))
        .filter(({ series }) => series[1] > 0);
    }
    const count = bandCount(spec);
    return this.lines.flatMap((line, i) =>
      line.spec.earlier === true
        ? []
        : Array.from({ length: count }, (_, band) => {
            const upper = i * (1 + 2 * count) + 2 + 2 * band;
            return {
              series: [upper, upper + 1] as [number, number],
              // The widest is the palest: the narrower ones lie on it.
              fill: translucent(this.colourOf(line), count > 1 && band === 0 && hasBand(spec) ? 0.1 : 0.18),
            };
          }),
    );
  }

  private valueAxis(axis: Axis): uPlot.Axis {
    const states = axis === 'y' ? this.states : null;
    const unit = this.lines.find(({ spec }) => spec.axis === axis)?.spec.entry.info.unit ?? '';
    const one = this.lines.every(({ spec }) => spec.axis !== axis || spec.entry.info.unit === unit);
    return {
      scale: axis,
      side: axis === 'y' ? 1 : 3,
      stroke: this.options.colours.text,
      font: FONT,
      ticks: { show: false },
      grid: axis === 'y' ? { stroke: this.options.colours.grid, width: 1 } : { show: false },
      size: (_plot, values) => 16 + 7 * Math.max(3, ...(values ?? []).map((text) => text.length)),
      gap: 8,
      space: this.options.spec.compact ? 28 : 44,
      ...(states === null ? {} : { splits: () => Array.from({ length: states.size }, (_, i) => i) }),
      values: (_plot, splits) =>
        states === null ? axisTexts(splits, one ? unit : '') : splits.map((value) => states.nameOf(value)),
    };
  }

  private describe(): uPlot.Options {
    const { colours, parent, spec } = this.options;
    const stackFill: Partial<uPlot.Series> = spec.stack
      ? { fill: translucent(this.colourOf(this.lines[0]!), 0.35), fillTo: 0 }
      : {};
    const series = this.series();
    if (series[0] !== undefined && spec.stack) Object.assign(series[0], stackFill);
    return {
      tzDate: (seconds) => shiftedDate(seconds * 1000),
      width: Math.max(120, parent.clientWidth),
      height: Math.max(80, parent.clientHeight),
      padding: [spec.compact ? 8 : 12, 8, 0, this.hasSecondAxis ? 0 : 8],
      legend: { show: false },
      cursor: {
        drag: { x: true, y: false, setScale: false },
        points: {
          size: 8,
          width: 0,
          fill: (_plot, i) => series[i - 1]?.stroke as string,
        },
        // The edges of a band have no point of their own.
        dataIdx: (plot, i, closest) => this.pointIndex(plot, i, closest),
        move: (plot, left, top) => {
          const at = this.options.pinnedAt();
          return [at === null ? left : plot.valToPos(at / 1000, 'x'), top];
        },
        // Double-click goes back in our own steps.
        bind: { dblclick: () => null },
      },
      scales: {
        x: { time: true, auto: false },
        y: { auto: false },
        ...(this.hasSecondAxis ? { y2: { auto: false } } : {}),
      },
      series: [{}, ...series],
      bands: this.bands(),
      axes: [
        {
          stroke: colours.text,
          font: FONT,
          grid: { stroke: colours.grid, width: 1 },
          ticks: { show: false },
          space: 76,
          size: spec.compact ? 30 : 36,
          gap: 8,
          // A label that the edge would cut is left out.
          values: (plot, splits, _index, _space, step) =>
            splits.map((at) =>
              plot.valToPos(at, 'x') < LABEL_HALF_PX && !this.hasSecondAxis
                ? ''
                : axisLabel(at * 1000, step * 1000),
            ),
        },
        this.valueAxis('y'),
        ...(this.hasSecondAxis ? [this.valueAxis('y2')] : []),
      ],
      hooks: {
        drawAxes: [(plot) => this.drawBehind(plot)],
        draw: [(plot) => this.drawInFront(plot)],
        setSelect: [(plot) => this.onSelect(plot)],
        setCursor: [(plot) => this.onCursor(plot)],
      },
    };
  }

  /** Where a line has no point of its own at the cursor, the nearest one that it has. */
  private pointIndex(plot: uPlot, i: number, closest: number): number | null {
    if (i === 0) return closest;
    if ((i - 1) % (1 + 2 * bandCount(this.options.spec)) !== 0) return null;
    const column = plot.data[i]!;
    if (column[closest] !== undefined) return closest;
    for (let away = 1; away < 50; away += 1) {
      if (column[closest - away] != null) return closest - away;
      if (column[closest + away] != null) return closest + away;
    }
    return null;
  }

  private drawBehind(plot: uPlot): void {
    const { spec, colours } = this.options;
    drawStates(plot, this.options.grounds, this.until, colours);
    drawUncertain(plot, this.doubts, colours);
    if (this.brush !== null) drawBrush(plot, this.brush, colours);
    drawThresholds(plot, spec.thresholds, colours);
  }

  private drawInFront(plot: uPlot): void {
    const { spec, events, colours } = this.options;
    drawEvents(plot, events(), colours);
    if (!this.endsLive || spec.stack) return;
    const shown = this.lines.filter((_, i) => !this.hidden.has(i));
    drawLiveEnds(plot, shown, (line) => this.colourOf(line), spec.compact ? 3 : 3.5);
  }

  private onSelect(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 8) return;
    const from = plot.posToVal(left, 'x') * 1000;
    const to = plot.posToVal(left + width, 'x') * 1000;
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    this.options.onZoom(from, to);
  }

  private onCursor(plot: uPlot): void {
    const left = plot.cursor.left ?? -1;
    const time = left < 0 ? null : plot.posToVal(left, 'x') * 1000;
    // Only the chart under the pointer speaks, and once more when the pointer left: the others move their crosshair with
    // each of their frames.
    if (!this.hovered && !this.told) return;
    this.told = time !== null && this.hovered;
    this.options.onCursor(time);
  }
}
