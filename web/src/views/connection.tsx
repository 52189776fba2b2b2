// The connection's state in a word; nothing blinks while all is well.
import { useApp } from './context.ts';
import './connection.css';

const WORDS = { live: 'Live', reconnecting: 'Reconnecting', offline: 'Offline' } as const;

export function Connection() {
  const state = useApp().connection.value;
  return (
    <span class="connection" data-state={state} role="status">
      {WORDS[state]}
    </span>
  );
}
