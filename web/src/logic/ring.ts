// A fixed number of (time, value) points, oldest overwritten first. NaN is a point without a value.

export class Ring {
  private readonly times: Float64Array;
  private readonly values: Float64Array;
  private head = 0;
  private count = 0;

  constructor(readonly capacity: number) {
    this.times = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
  }

  get length(): number {
    return this.count;
  }

  push(time: number, value: number): void {
    const at = (this.head + this.count) % this.capacity;
    this.times[at] = time;
    this.values[at] = value;
    if (this.count < this.capacity) this.count += 1;
    else this.head = (this.head + 1) % this.capacity;
  }

  /** Replaces the newest point's value; there must be one. */
  amendLast(value: number): void {
    this.values[(this.head + this.count - 1) % this.capacity] = value;
  }

  time(index: number): number {
    return this.times[(this.head + index) % this.capacity]!;
  }

  value(index: number): number {
    return this.values[(this.head + index) % this.capacity]!;
  }

  lastTime(): number {
    return this.count === 0 ? Number.NEGATIVE_INFINITY : this.time(this.count - 1);
  }

  clear(): void {
    this.head = 0;
    this.count = 0;
  }
}
