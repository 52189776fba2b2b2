// The keys that move through time, on every page with charts.
import type { ExploreState } from '../app/explore_state.ts';
import { useKey } from './context.ts';

export function useTimeKeys(state: ExploreState): void {
  useKey('l', () => state.live());
  useKey('ArrowLeft', () => state.pan(-0.1));
  useKey('ArrowRight', () => state.pan(0.1));
  useKey('+', () => state.zoom(0.5, 0.5));
  useKey('-', () => state.zoom(2, 0.5));
  useKey('Backspace', () => state.back());
  useKey('m', () => {
    state.marking.value = !state.marking.peek();
  });
}
