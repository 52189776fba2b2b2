// Text to copy. The clipboard's own interface is missing on plain http, so a selection is copied the old way.

import { useRef, useState } from 'preact/hooks';
import { t } from '../logic/texts.ts';
import './snippet.css';

function copy(element: HTMLElement): boolean {
  const selection = window.getSelection();
  if (selection === null) return false;
  const range = document.createRange();
  range.selectNodeContents(element);
  selection.removeAllRanges();
  selection.addRange(range);
  return document.execCommand('copy');
}

export function Snippet({ text }: { readonly text: string }) {
  const block = useRef<HTMLPreElement>(null);
  const [done, setDone] = useState(false);
  return (
    <div class="snippet card">
      <pre ref={block}>{text}</pre>
      <button
        type="button"
        class="button"
        onClick={() => setDone(block.current !== null && copy(block.current))}
      >
        {done ? t('Copied') : t('Copy')}
      </button>
    </div>
  );
}
