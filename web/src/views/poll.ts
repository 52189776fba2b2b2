// Asks the device again and again while a view stands and the page is seen.
import { useEffect } from 'preact/hooks';

export function usePoll(everyMs: number, ask: () => Promise<void>): void {
  useEffect(() => {
    let over = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const turn = async () => {
      if (document.visibilityState === 'visible') await ask().catch(() => undefined);
      if (!over) timer = setTimeout(() => void turn(), everyMs);
    };
    void turn();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, []);
}
