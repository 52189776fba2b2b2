// What is drawn on a chart besides its lines: thresholds, what is marked, where the newest readings are.
import type uPlot from 'uplot';
import type { Stretch } from '../../app/explore_state.ts';
import type { Threshold } from '../../logic/dashboard_doc.ts';
import { type ChartColours, translucent } from './chart_colours.ts';
import type { PlotLine } from './line_data.ts';

const ratio = () => window.devicePixelRatio || 1;

export function drawThresholds(plot: uPlot, thresholds: readonly Threshold[], colours: ChartColours): void {
  const { ctx: pen, bbox } = plot;
  for (const { at, level, name } of thresholds) {
    const y = plot.valToPos(at, 'y', true);
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    pen.save();
    pen.strokeStyle = colours.levels[level];
    pen.fillStyle = colours.levels[level];
    pen.lineWidth = ratio();
    pen.setLineDash([4 * ratio(), 4 * ratio()]);
    pen.beginPath();
    pen.moveTo(bbox.left, y);
    pen.lineTo(bbox.left + bbox.width, y);
    pen.stroke();
    if (name !== '') {
      pen.font = `${12 * ratio()}px system-ui, sans-serif`;
      pen.textAlign = 'left';
      pen.textBaseline = 'bottom';
      pen.fillText(name, bbox.left + 6 * ratio(), y - 3 * ratio());
    }
    pen.restore();
  }
}

/** The part of a stretch that is in view, in canvas pixels; null: none. */
function inView(plot: uPlot, { from, to }: Stretch): readonly [number, number] | null {
  const { left, width } = plot.bbox;
  const begin = Math.max(left, plot.valToPos(from / 1000, 'x', true));
  const end = Math.min(left + width, plot.valToPos(to / 1000, 'x', true));
  return begin < end ? [begin, end] : null;
}

export function drawBrush(plot: uPlot, brush: Stretch, colours: ChartColours): void {
  const place = inView(plot, brush);
  if (place === null) return;
  const { ctx: pen, bbox } = plot;
  const [begin, end] = place;
  pen.save();
  pen.fillStyle = translucent(colours.accent, 0.12);
  pen.fillRect(begin, bbox.top, end - begin, bbox.height);
  pen.fillStyle = colours.accent;
  pen.fillRect(begin, bbox.top, ratio(), bbox.height);
  pen.fillRect(end - ratio(), bbox.top, ratio(), bbox.height);
  pen.restore();
}

/** A dot at the newest reading, while the line ends in view: this is where it moves. */
export function drawLiveEnds(
  plot: uPlot,
  lines: readonly PlotLine[],
  colourOf: (line: PlotLine) => string,
  radius: number,
): void {
  const { ctx: pen, bbox } = plot;
  for (const line of lines) {
    const { times, means } = line.window;
    const last = times.length - 1;
    const value = means[last];
    if (last < 0 || value == null || line.spec.overlay !== null || line.spec.earlier === true) continue;
    const x = plot.valToPos(times[last]!, 'x', true);
    if (x > bbox.left + bbox.width + 1) continue;
    pen.fillStyle = colourOf(line);
    pen.beginPath();
    pen.arc(x, plot.valToPos(value, line.spec.axis, true), radius * ratio(), 0, 2 * Math.PI);
    pen.fill();
  }
}
