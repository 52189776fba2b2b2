// A field for YAML with line numbers; lines with something to say are marked. Tab indents, Escape leaves the field.

import { useRef } from 'preact/hooks';
import type { Note } from '../api/dashboards.ts';
import { t } from '../logic/texts.ts';
import './yaml_editor.css';

interface Props {
  readonly label: string;
  readonly text: string;
  readonly notes: readonly Note[];
  readonly onText: (text: string) => void;
}

export function YamlEditor({ label, text, notes, onText }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  const lines = text.split('\n').length;
  const marked = new Map(notes.map(({ line, reason }) => [line, reason]));
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      field.current?.blur();
    }
    if (event.key !== 'Tab' || event.shiftKey) return;
    event.preventDefault();
    const at = field.current!;
    at.setRangeText('  ', at.selectionStart, at.selectionEnd, 'end');
    onText(at.value);
  };
  const jump = (line: number, column: number) => {
    const before = text.split('\n').slice(0, Math.max(0, line - 1));
    const at = before.reduce((sum, row) => sum + row.length + 1, 0) + Math.max(0, column - 1);
    field.current?.focus();
    field.current?.setSelectionRange(at, at + 1);
  };
  return (
    <>
      <div class="yaml-editor card">
        <div class="yaml-lines" aria-hidden="true">
          {Array.from({ length: lines }, (_, i) => (
            <span key={`${i}`} data-marked={marked.has(i + 1)}>
              {i + 1}
            </span>
          ))}
        </div>
        <textarea
          ref={field}
          aria-label={label}
          spellcheck={false}
          autocomplete="off"
          wrap="off"
          rows={Math.max(12, lines)}
          value={text}
          onInput={(event) => onText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
      </div>
      {notes.length > 0 && (
        <ul class="yaml-notes" role="alert">
          {notes.map(({ line, column, reason }) => (
            <li key={`${line}:${column} ${reason}`}>
              <button type="button" class="quiet" onClick={() => jump(line, column)}>
                {line > 0 ? `${line}:${column}` : t('File')}
              </button>
              <span>{reason}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
