// Finds series by words; `/` comes here, Escape leaves and empties.

import { useRef } from 'preact/hooks';
import { t } from '../logic/texts.ts';
import { useApp, useKey } from './context.ts';
import './search_box.css';

export function SearchBox() {
  const app = useApp();
  const input = useRef<HTMLInputElement>(null);
  useKey('/', (event) => {
    event.preventDefault();
    input.current?.focus();
  });
  useKey('Escape', () => {
    app.search.value = '';
    input.current?.blur();
  });
  return (
    <input
      ref={input}
      class="search-box"
      type="search"
      placeholder={t('Search')}
      aria-label={t('Search series by name, label or unit')}
      title={t('Search ( / )')}
      autocomplete="off"
      spellcheck={false}
      value={app.search.value}
      onInput={(event) => {
        app.search.value = event.currentTarget.value;
      }}
    />
  );
}
