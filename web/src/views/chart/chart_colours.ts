// The chart's colours, read from the stylesheet so that both themes have one place.

export interface ChartColours {
  readonly line: string;
  readonly band: string;
  readonly fill: string;
  readonly grid: string;
  readonly text: string;
}

export function readColours(element: Element): ChartColours {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    line: read('--series-1'),
    band: read('--series-1-band'),
    fill: read('--series-1-fill'),
    grid: read('--grid'),
    text: read('--muted'),
  };
}
