// How large tiles can be on a wall, so that all of them are seen at once: nobody scrolls there.

// What stands in overview.css and tile.css, in pixels at the size of a desk.
const TILE_WIDTH = 212;
const TILE_HEIGHT = 126;
const GAP = 12;
const GROUP_HEAD = 28 + GAP;
const GROUP_GAP = 24;
/** Around the page on a wall. */
const AROUND = 34;

export const LARGEST = 4;
const STEP = 0.05;

function heightAt(counts: readonly number[], width: number, scale: number): number {
  const columns = Math.max(1, Math.floor((width - AROUND + GAP * scale) / ((TILE_WIDTH + GAP) * scale)));
  const rows = counts.reduce((sum, tiles) => sum + Math.ceil(tiles / columns), 0);
  const heads = counts.length * GROUP_HEAD + Math.max(0, counts.length - 1) * GROUP_GAP;
  return AROUND + scale * (rows * (TILE_HEIGHT + GAP) + heads);
}

/** `counts`: tiles of each group. From 1, as on a desk, to LARGEST; 1 too when they do not fit at all. */
export function wallScale(counts: readonly number[], width: number, height: number): number {
  for (let scale = LARGEST; scale > 1; scale -= STEP) {
    if (heightAt(counts, width, scale) <= height) return Math.round(scale * 100) / 100;
  }
  return 1;
}
