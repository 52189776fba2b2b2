// The keys, by what they do.
import { mark, t } from '../logic/texts.ts';
import { Dialog } from './dialog.tsx';

const KEYS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    mark('Everywhere'),
    [
      ['Ctrl K', mark('find a page, a dashboard, a series')],
      ['?', mark('this list')],
      ['d k', mark('kiosk: the page alone, and back')],
      ['Esc', mark('back')],
    ],
  ],
  [
    mark('Overview and Explore'),
    [
      ['/', mark('search')],
      ['← ↑ ↓ →', mark('between tiles')],
      ['Enter', mark('open')],
      ['P', mark('pin to a dashboard')],
    ],
  ],
  [
    mark('Charts'),
    [
      ['L', mark('follow now again')],
      ['← →', mark('earlier, later')],
      ['+ −', mark('closer, wider')],
      ['Backspace', mark('the span before')],
      ['M', mark('measure: a drag marks a span')],
      [mark('Space'), mark('replay, and stop')],
      [mark('Ctrl C, Ctrl V'), mark('copy the span, show a copied one')],
      [mark('Click'), mark('pin the crosshair, let it go')],
      [mark('Drag'), mark('zoom')],
      [mark('Alt drag'), mark('measure')],
      [mark('Shift drag'), mark('move')],
      [mark('Wheel'), mark('zoom where the pointer is')],
      [mark('Double-click'), mark('the span before')],
      [mark('Click on a name'), mark('that line alone; with Shift: add it')],
    ],
  ],
];

export function Help({ close }: { readonly close: () => void }) {
  return (
    <Dialog label={t('Keys')} close={close} class="help">
      {KEYS.map(([title, keys]) => (
        <section key={title}>
          <h2 class="page-title">{t(title)}</h2>
          <dl>
            {keys.map(([key, does]) => (
              <div key={key}>
                <dt>
                  <kbd>{t(key)}</kbd>
                </dt>
                <dd>{t(does)}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
