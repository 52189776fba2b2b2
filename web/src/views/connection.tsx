// The connection's state in a word; nothing blinks while all is well.
import { mark, t } from '../logic/texts.ts';
import { useApp } from './context.ts';
import './connection.css';

const WORDS = { live: mark('Live'), reconnecting: mark('Reconnecting'), offline: mark('Offline') } as const;

export function Connection() {
  const state = useApp().connection.value;
  return (
    <span class="connection" data-state={state} role="status">
      {t(WORDS[state])}
    </span>
  );
}
