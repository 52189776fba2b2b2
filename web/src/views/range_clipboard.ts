// Copy and paste of spans between pages, devices and documents: with nothing selected, copy takes the span that is seen, and
// paste shows the one that was copied.
import { useEffect } from 'preact/hooks';
import type { ExploreState } from '../app/explore_state.ts';
import { rangeFromText, rangeToText } from '../logic/range_text.ts';
import { t } from '../logic/texts.ts';
import { rangeLabel } from '../logic/time_label.ts';
import { boundsOf } from '../logic/time_range.ts';
import { useApp } from './context.ts';

function inField(event: Event): boolean {
  const { target } = event;
  return target instanceof Element && target.closest('input, textarea, select, dialog') !== null;
}

export function useRangeClipboard(state: ExploreState): void {
  const app = useApp();
  useEffect(() => {
    const copy = (event: ClipboardEvent) => {
      if (inField(event) || String(document.getSelection() ?? '') !== '') return;
      const { from, to } = boundsOf(state.range.peek(), app.clock.now());
      event.clipboardData?.setData('text/plain', rangeToText(from, to));
      event.preventDefault();
      app.say(t('Copied: {span}. Paste it on any chart.', { span: rangeLabel(from, to) }));
    };
    const paste = (event: ClipboardEvent) => {
      if (inField(event)) return;
      const range = rangeFromText(event.clipboardData?.getData('text/plain') ?? '');
      if (range === null) app.say(t('What was pasted says no span.'));
      else state.show(range);
      event.preventDefault();
    };
    document.addEventListener('copy', copy);
    document.addEventListener('paste', paste);
    return () => {
      document.removeEventListener('copy', copy);
      document.removeEventListener('paste', paste);
    };
  }, [state]);
}
