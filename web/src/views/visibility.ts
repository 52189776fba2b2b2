// Tells elements that they come into view, a little before they do: one observer for all.

const MARGIN = '300px 0px';

type Told = (visible: boolean) => void;

const told = new WeakMap<Element, Told>();
let observer: IntersectionObserver | null = null;

function shared(): IntersectionObserver {
  observer ??= new IntersectionObserver(
    (changes) => {
      for (const change of changes) told.get(change.target)?.(change.isIntersecting);
    },
    { rootMargin: MARGIN },
  );
  return observer;
}

/** Told of each change, first that it came; until the returned function is called, which says that it left. */
export function watchVisibility(element: Element, tell: Told): () => void {
  let seen = false;
  const change = (visible: boolean) => {
    if (visible === seen) return;
    seen = visible;
    tell(visible);
  };
  told.set(element, change);
  shared().observe(element);
  return () => {
    shared().unobserve(element);
    told.delete(element);
    change(false);
  };
}
