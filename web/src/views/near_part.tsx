// A part of a long list: made while it is near the view, and room of its size otherwise, so that the page scrolls as if
// all of it were there.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Tiles of one part: a few rows on a desk. */
export const NEAR_PART = 48;
const NEAR = '900px 0px';
const TILE_ROW_PX = 140;
const TILE_WIDTH_PX = 224;

/** Before it has been seen: about what it will take. */
function guess(count: number): number {
  const columns =
    innerWidth <= 640 ? 2 : Math.max(1, Math.floor((Math.min(innerWidth, 1760) - 180) / TILE_WIDTH_PX));
  return Math.ceil(count / columns) * TILE_ROW_PX;
}

interface Props {
  readonly count: number;
  readonly children: () => ComponentChildren;
}

export function NearPart({ count, children }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const height = useRef(0);
  const near = useSignal(false);
  useEffect(() => {
    const observer = new IntersectionObserver(
      ([change]) => {
        if (near.peek()) height.current = place.current?.offsetHeight ?? 0;
        near.value = change!.isIntersecting;
      },
      { rootMargin: NEAR },
    );
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={place} style={near.value ? {} : { minHeight: `${height.current || guess(count)}px` }}>
      {near.value && children()}
    </div>
  );
}
