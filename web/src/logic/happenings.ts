// Events, newest first, each once, as many as anybody looks at.

export interface Happening {
  readonly time: number;
  readonly text: string;
}

const SHOWN = 500;

export function mergeHappenings(a: readonly Happening[], b: readonly Happening[]): Happening[] {
  const seen = new Set<string>();
  return [...a, ...b]
    .filter(({ time, text }) => {
      const id = `${time} ${text}`;
      if (seen.has(id)) return false;
      seen.add(id);
      return true;
    })
    .sort((x, y) => y.time - x.time)
    .slice(0, SHOWN);
}
