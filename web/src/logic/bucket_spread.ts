// How the readings of the bucket at the live edge are spread: those that came live, one by one, and what history had summed
// up of the same bucket before, as the few percentiles that it told. Bounded: of very many every second one is kept.

/** Of what history had seen: shares from 0 to 1 with their values, both ascending. */
export interface KnownSpread {
  readonly count: number;
  readonly knots: readonly (readonly [number, number])[];
}

const MOST = 1_024;

export class BucketSpread {
  private seen: number[] = [];
  /** Readings that each of them stands for. */
  private weight = 1;
  private skip = 0;
  private known: KnownSpread | null = null;

  begin(known: KnownSpread | null): void {
    this.seen.length = 0;
    this.weight = 1;
    this.skip = 0;
    this.known = known !== null && known.count > 0 && known.knots.length > 0 ? known : null;
  }

  add(value: number): void {
    this.skip += 1;
    if (this.skip < this.weight) return;
    this.skip = 0;
    this.seen.splice(this.rank(value), 0, value);
    if (this.seen.length < MOST) return;
    this.seen = this.seen.filter((_, i) => i % 2 === 0);
    this.weight *= 2;
  }

  /** `share` from 0 to 1; NaN of nothing. */
  quantile(share: number): number {
    const { known, seen } = this;
    if (known === null) {
      if (seen.length === 0) return Number.NaN;
      const at = share * (seen.length - 1);
      const low = Math.floor(at);
      return seen[low]! + (seen[Math.min(low + 1, seen.length - 1)]! - seen[low]!) * (at - low);
    }
    let low = Math.min(known.knots[0]![1], seen[0] ?? Number.POSITIVE_INFINITY);
    let high = Math.max(
      known.knots[known.knots.length - 1]![1],
      seen[seen.length - 1] ?? Number.NEGATIVE_INFINITY,
    );
    for (let turn = 0; turn < 40 && low < high; turn += 1) {
      const middle = (low + high) / 2;
      if (this.shareBelow(middle, known) < share) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }

  private shareBelow(value: number, { count, knots }: KnownSpread): number {
    const live = this.seen.length * this.weight;
    return (count * below(knots, value) + this.rank(value) * this.weight) / (count + live);
  }

  /** How many are less. */
  private rank(value: number): number {
    let low = 0;
    let high = this.seen.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.seen[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The share of what is known that lies below a value: straight from knot to knot. */
function below(knots: KnownSpread['knots'], value: number): number {
  if (value < knots[0]![1]) return 0;
  for (let i = 1; i < knots.length; i += 1) {
    const [share, end] = knots[i]!;
    const [before, begin] = knots[i - 1]!;
    if (value < end)
      return end > begin ? before + ((share - before) * (value - begin)) / (end - begin) : share;
  }
  return 1;
}
