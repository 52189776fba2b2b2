// Time like a film: a span that stands still is played on, up to now. Space starts and stops it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ExploreState } from '../app/explore_state.ts';
import { t } from '../logic/texts.ts';
import { useKey } from './context.ts';

const SPEEDS = [1, 10, 60, 600] as const;
const FRAME_MS = 66;

export function Replay({ state }: { readonly state: ExploreState }) {
  const playing = useSignal(false);
  const speed = useSignal<number>(60);
  const fixed = state.range.value.kind === 'fixed';
  useEffect(() => {
    if (!playing.value || !fixed) return;
    let before = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      // A page that was asleep goes on where it was.
      state.advance(Math.min(now - before, 500) * speed.peek());
      before = now;
    }, FRAME_MS);
    return () => clearInterval(timer);
  }, [playing.value, fixed]);
  useEffect(() => {
    if (!fixed) playing.value = false;
  }, [fixed]);
  const toggle = () => {
    playing.value = !playing.peek();
  };
  useKey(' ', (event) => {
    const { target } = event;
    const pressed = target instanceof Element && target.closest('button, a, summary, [tabindex]') !== null;
    if (!fixed || pressed) return;
    event.preventDefault();
    toggle();
  });
  if (!fixed) return null;
  return (
    <span class="range-replay">
      <button
        type="button"
        class="button range-icon"
        aria-pressed={playing.value}
        aria-label={playing.value ? t('Stop the replay') : t('Replay')}
        title={t('Replay ( Space )')}
        onClick={toggle}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          {playing.value ? <path d="M8 5v14M16 5v14" /> : <path d="M8 5l11 7-11 7z" />}
        </svg>
      </button>
      {playing.value && (
        <select
          class="range-select"
          aria-label={t('Speed of the replay')}
          value={speed.value}
          onChange={(event) => {
            speed.value = Number(event.currentTarget.value);
          }}
        >
          {SPEEDS.map((times) => (
            <option key={times} value={times}>{`${times}×`}</option>
          ))}
        </select>
      )}
    </span>
  );
}
