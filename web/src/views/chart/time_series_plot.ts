// uPlot behind one class: a line with its min–max band that is redrawn from a buffer. Loaded only when a chart opens.
import uPlot from 'uplot';
import type { ChartBuffer } from '../../logic/chart_buffer.ts';
import { fillWindow, makeWindow, type WindowSummary } from '../../logic/chart_window.ts';
import type { StateScale } from '../../logic/state_scale.ts';
import { axisLabel } from '../../logic/time_label.ts';
import { type Bounds, nextBounds } from '../../logic/y_range.ts';
import type { ChartColours } from './chart_colours.ts';

export interface PlotOptions {
  readonly parent: HTMLElement;
  readonly buffer: ChartBuffer;
  readonly states: StateScale | null;
  readonly colours: ChartColours;
  readonly fixedBounds: Bounds | null;
  /** Texts of the marks of the value axis. */
  readonly labels: (values: readonly number[]) => string[];
  readonly onZoom: (from: number, to: number) => void;
  /** The reading under the cursor; null when it left. */
  readonly onCursor: (at: { time: number; value: number; min: number; max: number } | null) => void;
}

const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

export class TimeSeriesPlot {
  private readonly plot: uPlot;
  private readonly window = makeWindow();
  private bounds: Bounds | null = null;
  private endsLive = false;
  private summary: WindowSummary = { min: 0, max: 0, mean: Number.NaN, last: Number.NaN, points: 0 };

  constructor(private readonly options: PlotOptions) {
    this.plot = new uPlot(this.describe(), [[], [], [], []], options.parent);
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

  /** Draws the span; returns what can be said of it. */
  draw(from: number, to: number, now: number): WindowSummary {
    const { buffer, states } = this.options;
    const holds = states !== null;
    this.endsLive = to >= now;
    this.summary = fillWindow(buffer, from, to, holds, this.window);
    if (holds) this.holdLast(Math.min(now, to));
    this.bounds = this.nextBounds();
    const { times, means, mins, maxs } = this.window;
    this.plot.batch(() => {
      this.plot.setData([times, means, maxs, mins], false);
      this.plot.setScale('x', { min: from / 1000, max: to / 1000 });
      this.plot.setScale('y', { min: this.bounds!.min, max: this.bounds!.max });
    });
    return this.summary;
  }

  destroy(): void {
    this.plot.destroy();
  }

  private nextBounds(): Bounds {
    const { states, fixedBounds } = this.options;
    if (states !== null) return { min: -0.5, max: Math.max(1, states.size) - 0.5 };
    const { min, max } = this.summary;
    if (fixedBounds !== null && !(min < fixedBounds.min) && !(max > fixedBounds.max)) return fixedBounds;
    return nextBounds(this.bounds === fixedBounds ? null : this.bounds, min, max);
  }

  /** A state lasts until the next one: its line goes on to now. */
  private holdLast(until: number): void {
    const { times, means, mins, maxs } = this.window;
    const last = times.length - 1;
    if (last < 0 || times[last]! * 1000 >= until) return;
    times.push(until / 1000);
    means.push(means[last]!);
    mins.push(mins[last]!);
    maxs.push(maxs[last]!);
  }

  private describe(): uPlot.Options {
    const { colours, parent, states, labels } = this.options;
    const axis: uPlot.Axis = {
      stroke: colours.text,
      font: FONT,
      grid: { stroke: colours.grid, width: 1 },
      ticks: { show: false },
    };
    const line: uPlot.Series = {
      stroke: colours.line,
      width: 1.5,
      ...(states === null ? {} : { fill: colours.fill, fillTo: -0.5 }),
      points: { show: false },
      ...(states === null ? {} : { paths: uPlot.paths.stepped!({ align: 1 }) }),
    };
    const edge: uPlot.Series = { width: 0, points: { show: false } };
    return {
      width: Math.max(200, parent.clientWidth),
      height: Math.max(160, parent.clientHeight),
      padding: [12, 8, 0, 0],
      legend: { show: false },
      cursor: {
        drag: { x: true, y: false, setScale: false },
        points: { size: 8, width: 0, fill: colours.line },
        // The edges of the band have no point of their own.
        dataIdx: (_plot, series, closest) => (series > 1 ? null : closest),
        // Double-click goes back in our own steps.
        bind: { dblclick: () => null },
      },
      scales: { x: { time: true, auto: false }, y: { auto: false } },
      series: [{}, line, edge, edge],
      bands: [{ series: [2, 3], fill: colours.band }],
      axes: [
        {
          ...axis,
          space: 76,
          size: 36,
          gap: 8,
          values: (_plot, splits, _index, _space, step) =>
            splits.map((at) => axisLabel(at * 1000, step * 1000)),
        },
        {
          ...axis,
          side: 1,
          size: (_plot, values) => 16 + 7 * Math.max(3, ...(values ?? []).map((text) => text.length)),
          gap: 8,
          space: 44,
          ...(states === null ? {} : { splits: () => Array.from({ length: states.size }, (_, i) => i) }),
          values: (_plot, splits) =>
            states === null ? labels(splits) : splits.map((value) => states.nameOf(value)),
        },
      ],
      hooks: {
        draw: [(plot) => this.drawLiveEnd(plot)],
        setSelect: [(plot) => this.onSelect(plot)],
        setCursor: [(plot) => this.onCursor(plot)],
      },
    };
  }

  /** A dot at the newest reading, while the line ends in view: this is where it moves. */
  private drawLiveEnd(plot: uPlot): void {
    const { times, means } = this.window;
    const last = times.length - 1;
    const value = means[last];
    if (last < 0 || value == null || !this.endsLive) return;
    const x = plot.valToPos(times[last]!, 'x', true);
    const y = plot.valToPos(value, 'y', true);
    const { ctx: pen, bbox } = plot;
    if (x > bbox.left + bbox.width + 1) return;
    pen.fillStyle = this.options.colours.line;
    pen.beginPath();
    pen.arc(x, y, 3.5 * (window.devicePixelRatio || 1), 0, 2 * Math.PI);
    pen.fill();
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
    const at = plot.cursor.idx;
    const value = at == null ? null : this.window.means[at];
    if (at == null || value == null || (plot.cursor.left ?? -1) < 0) {
      this.options.onCursor(null);
      return;
    }
    const { times, mins, maxs } = this.window;
    this.options.onCursor({ time: times[at]! * 1000, value, min: mins[at] ?? value, max: maxs[at] ?? value });
  }
}
