// The keys, by what they do.
import { Dialog } from './dialog.tsx';

const KEYS: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
  [
    'Everywhere',
    [
      ['Ctrl K', 'find a page, a dashboard, a series'],
      ['?', 'this list'],
      ['d k', 'kiosk: the page alone, and back'],
      ['Esc', 'back'],
    ],
  ],
  [
    'Overview and Explore',
    [
      ['/', 'search'],
      ['← ↑ ↓ →', 'between tiles'],
      ['Enter', 'open'],
    ],
  ],
  [
    'Charts',
    [
      ['L', 'follow now again'],
      ['← →', 'earlier, later'],
      ['+ −', 'closer, wider'],
      ['Backspace', 'the span before'],
      ['Drag', 'zoom'],
      ['Shift drag', 'move'],
      ['Wheel', 'zoom where the pointer is'],
      ['Double-click', 'the span before'],
      ['Click on a name', 'that line alone; with Shift: add it'],
    ],
  ],
];

export function Help({ close }: { readonly close: () => void }) {
  return (
    <Dialog label="Keys" close={close} class="help">
      {KEYS.map(([title, keys]) => (
        <section key={title}>
          <h2 class="page-title">{title}</h2>
          <dl>
            {keys.map(([key, does]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Dialog>
  );
}
