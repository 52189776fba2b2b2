// Which lines of a chart are hidden after a click on one of its names.

/** A plain click shows the line alone, and, when it is alone already, all; with `adding` it only turns the line. */
export function nextHidden(
  hidden: ReadonlySet<number>,
  clicked: number,
  count: number,
  adding: boolean,
): ReadonlySet<number> {
  if (adding) {
    const next = new Set(hidden);
    if (!next.delete(clicked)) next.add(clicked);
    return next.size === count ? new Set() : next;
  }
  const alone = !hidden.has(clicked) && hidden.size === count - 1;
  if (alone) return new Set();
  return new Set(Array.from({ length: count }, (_, i) => i).filter((i) => i !== clicked));
}
