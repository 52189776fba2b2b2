// Arrow keys between tiles: sideways in their order, up and down to the nearest one above or below.

export function moveFocus(event: KeyboardEvent): void {
  const from = (event.target as Element).closest<HTMLElement>('.tile');
  if (from === null) return;
  const target = neighbour(from, event.key);
  if (target === null) return;
  event.preventDefault();
  target.focus();
}

function neighbour(from: HTMLElement, key: string): HTMLElement | null {
  const tiles = [...document.querySelectorAll<HTMLElement>('.tile')];
  const at = tiles.indexOf(from);
  if (key === 'ArrowLeft') return tiles[at - 1] ?? null;
  if (key === 'ArrowRight') return tiles[at + 1] ?? null;
  if (key !== 'ArrowUp' && key !== 'ArrowDown') return null;
  const step = key === 'ArrowUp' ? -1 : 1;
  const { left, top } = from.getBoundingClientRect();
  let best: HTMLElement | null = null;
  let bestTop = 0;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (let i = at + step; i >= 0 && i < tiles.length; i += step) {
    const box = tiles[i]!.getBoundingClientRect();
    if (Math.abs(box.top - top) < 4) continue;
    // Only the first row that is met.
    if (best !== null && Math.abs(box.top - bestTop) > 4) break;
    const distance = Math.abs(box.left - left);
    if (distance >= bestDistance) continue;
    best = tiles[i]!;
    bestTop = box.top;
    bestDistance = distance;
  }
  return best;
}
