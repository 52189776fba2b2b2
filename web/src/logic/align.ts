// Several lines with times of their own on one axis of times, as uPlot wants them. Where a line has no point at a
// time it is left open (undefined: the line goes through); a gap is null.

export type Column = (number | null | undefined)[];

export interface Alignable {
  readonly times: readonly number[];
  /** Each as long as `times`. */
  readonly columns: readonly (readonly (number | null)[])[];
}

function sameTimes(lines: readonly Alignable[]): boolean {
  const first = lines[0]!.times;
  return lines.every(({ times }) => {
    if (times === first) return true;
    if (times.length !== first.length) return false;
    for (let i = 0; i < times.length; i += 1) if (times[i] !== first[i]) return false;
    return true;
  });
}

function union(lines: readonly Alignable[]): Float64Array {
  const all = new Float64Array(lines.reduce((sum, { times }) => sum + times.length, 0));
  let at = 0;
  for (const { times } of lines) {
    all.set(times, at);
    at += times.length;
  }
  all.sort();
  let kept = 0;
  for (let i = 0; i < all.length; i += 1) {
    if (kept === 0 || all[i] !== all[kept - 1]) {
      all[kept] = all[i]!;
      kept += 1;
    }
  }
  return all.subarray(0, kept);
}

/** The first column is the times. */
export function align(lines: readonly Alignable[]): Column[] {
  if (lines.length === 0) return [[]];
  if (sameTimes(lines)) {
    return [lines[0]!.times as Column, ...lines.flatMap(({ columns }) => columns as readonly Column[])];
  }
  const times = union(lines);
  const aligned: Column[] = [Array.from(times)];
  for (const line of lines) {
    const out = line.columns.map(() => new Array<number | null | undefined>(times.length).fill(undefined));
    let at = 0;
    for (let i = 0; i < line.times.length; i += 1) {
      const time = line.times[i]!;
      while (times[at]! < time) at += 1;
      for (let c = 0; c < out.length; c += 1) out[c]![at] = line.columns[c]![i]!;
    }
    aligned.push(...out);
  }
  return aligned;
}

/** Each line on top of those before it: one that has no point holds its last value. */
export function stack(columns: readonly Column[]): Column[] {
  const length = columns[0]?.length ?? 0;
  const sums = new Float64Array(length);
  return columns.map((column) => {
    let held = 0;
    const out: Column = new Array(length);
    for (let i = 0; i < length; i += 1) {
      const value = column[i];
      if (value === null) held = 0;
      else if (value !== undefined) held = value;
      sums[i] = sums[i]! + held;
      out[i] = sums[i]!;
    }
    return out;
  });
}
