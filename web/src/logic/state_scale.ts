// Names of states as numbers, for sparklines, charts and colours: in the order that the source declares, then in
// the order they are first seen.

export class StateScale {
  private readonly names: string[] = [];
  private readonly byName = new Map<string, number>();
  private readonly byValue = new Map<number, number>();

  /** Value and name of each, as declared. */
  constructor(declared: readonly (readonly [number, string])[] = []) {
    for (const [value, name] of declared) this.byValue.set(value, this.indexOf(name));
  }

  indexOf(name: string): number {
    let index = this.byName.get(name);
    if (index === undefined) {
      index = this.names.length;
      this.names.push(name);
      this.byName.set(name, index);
    }
    return index;
  }

  /** Statistics of a state come as its value; one that was not declared is its own name. */
  indexOfValue(value: number): number {
    return this.byValue.get(value) ?? this.indexOf(String(value));
  }

  nameOf(index: number): string {
    return this.names[index] ?? '';
  }

  get size(): number {
    return this.names.length;
  }
}
