// Copies the address that shows what is seen, from wherever the time is chosen.
import type { ExploreState } from '../app/explore_state.ts';
import { t } from '../logic/texts.ts';
import { useApp } from './context.ts';
import { copyText } from './copy.ts';

export function CopyLink({ state }: { readonly state: ExploreState }) {
  const app = useApp();
  return (
    <button
      type="button"
      class="button range-icon"
      aria-label={t('Copy link')}
      title={t('Copy a link to what is seen')}
      onClick={() => {
        state.settle();
        app.say(copyText(location.href) ? t('Link copied.') : t('This browser does not let the page copy.'));
      }}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.2 1.2M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.2-1.2" />
      </svg>
    </button>
  );
}
