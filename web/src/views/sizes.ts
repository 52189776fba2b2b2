// Sizes of elements as the browser tells them, without asking for a layout: one observer for all.

type Told = (width: number, height: number) => void;

const told = new WeakMap<Element, Told>();
let observer: ResizeObserver | null = null;

function shared(): ResizeObserver {
  observer ??= new ResizeObserver((changes) => {
    for (const { target, contentRect } of changes) told.get(target)?.(contentRect.width, contentRect.height);
  });
  return observer;
}

/** Told at once and at each change, until the returned function is called. */
export function watchSize(element: Element, tell: Told): () => void {
  told.set(element, tell);
  shared().observe(element);
  return () => {
    shared().unobserve(element);
    told.delete(element);
  };
}
