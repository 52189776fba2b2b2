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

/** Until the returned function is called, which also says that it left. */
export function watchVisibility(element: Element, tell: Told): () => void {
  told.set(element, tell);
  shared().observe(element);
  return () => {
    shared().unobserve(element);
    told.delete(element);
    tell(false);
  };
}
