// The way to the one owner of state.
import { createContext } from 'preact';
import { useContext, useEffect } from 'preact/hooks';
import type { App } from '../app/app.ts';

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error('a view stands outside of the page');
  return app;
}

/** A key of the whole page, as long as the view stands; keys typed into a field are not taken, but Escape is. */
export function useKey(key: string, action: (event: KeyboardEvent) => void): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const { target } = event;
      const field =
        target instanceof HTMLInputElement ||
        target instanceof HTMLTextAreaElement ||
        target instanceof HTMLSelectElement;
      const typing = field && event.key !== 'Escape';
      if (event.key.toLowerCase() === key.toLowerCase() && !typing) action(event);
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
}
