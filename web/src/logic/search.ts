// The search box: every word must occur, in any order, in the key, unit or input.

export interface Searchable {
  readonly key: string;
  readonly unit: string;
  readonly input: string;
}

export type Filter = (item: Searchable) => boolean;

export function makeFilter(query: string): Filter {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word.length > 0);
  if (words.length === 0) return () => true;
  return (item) => {
    const text = `${item.key} ${item.unit} ${item.input}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
