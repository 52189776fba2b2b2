// Pins a tile's series. It stands beside the link that the tile is, and is seen where a pointer or the focus is.
import { t } from '../logic/texts.ts';
import { useApp } from './context.ts';
import './pin_button.css';

export function PinButton({ of }: { readonly of: string }) {
  const app = useApp();
  return (
    <button
      type="button"
      class="pin-button"
      aria-label={t('Pin {name} to a dashboard', { name: of })}
      title={t('Pin to a dashboard ( P )')}
      onClick={() => app.pin([of])}
    >
      <PinMark />
    </button>
  );
}

export function PinMark() {
  return (
    <svg class="pin-mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M9 4h6l-1 6 4 4H6l4-4z" />
      <path d="M12 14v6" />
    </svg>
  );
}
