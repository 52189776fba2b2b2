// Which series a chart shows: each can be taken away, and others are found by words of their name, label, unit, input.

import { useSignal } from '@preact/signals';
import { useId, useRef } from 'preact/hooks';
import { MAX_CHART_SERIES } from '../logic/route.ts';
import { makeFilter } from '../logic/search.ts';
import { t } from '../logic/texts.ts';
import { useApp, useKey } from './context.ts';
import './series_picker.css';

const SHOWN = 60;

interface Props {
  readonly chosen: readonly string[];
  readonly onChange: (keys: readonly string[]) => void;
}

export function SeriesPicker({ chosen, onChange }: Props) {
  const app = useApp();
  const input = useRef<HTMLInputElement>(null);
  const words = useSignal('');
  const open = useSignal(chosen.length === 0);
  const at = useSignal(0);
  const list = useId();
  useKey('/', (event) => {
    event.preventDefault();
    input.current?.focus();
  });
  const matches = makeFilter(words.value);
  const found = open.value
    ? app
        .catalogue()
        .filter((info) => !chosen.includes(info.key) && matches(info))
        .slice(0, SHOWN)
    : [];
  const full = chosen.length >= MAX_CHART_SERIES;
  const add = (key: string | undefined) => {
    if (key === undefined || full) return;
    words.value = '';
    at.value = 0;
    onChange([...chosen, key]);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') at.value = Math.min(found.length - 1, at.value + 1);
    else if (event.key === 'ArrowUp') at.value = Math.max(0, at.value - 1);
    else if (event.key === 'Enter') add(found[at.value]?.key);
    else if (event.key === 'Backspace' && words.value === '') onChange(chosen.slice(0, -1));
    else if (event.key === 'Escape' && chosen.length > 0) {
      open.value = false;
      input.current?.blur();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="series-picker">
      {chosen.map((key) => (
        <button
          key={key}
          type="button"
          class="series-chip"
          title={t('Take away')}
          aria-label={t('Take {name} away', { name: key })}
          onClick={() => onChange(chosen.filter((other) => other !== key))}
        >
          <span>{key}</span>
          <span aria-hidden="true">×</span>
        </button>
      ))}
      <div class="series-find">
        <input
          ref={input}
          type="text"
          role="combobox"
          aria-expanded={found.length > 0}
          aria-controls={list}
          aria-activedescendant={found.length > 0 ? `${list}-${at.value}` : undefined}
          aria-label={t('Add a series')}
          placeholder={full ? t('{n} series', { n: MAX_CHART_SERIES }) : t('Add a series')}
          disabled={full}
          autocomplete="off"
          spellcheck={false}
          value={words.value}
          onFocus={() => {
            open.value = true;
          }}
          onBlur={() => {
            if (chosen.length > 0) open.value = false;
          }}
          onInput={(event) => {
            words.value = event.currentTarget.value;
            at.value = 0;
            open.value = true;
          }}
          onKeyDown={onKeyDown}
        />
        {found.length > 0 && (
          <div
            id={list}
            role="listbox"
            aria-label={t('Series')}
            class="card"
            data-alone={chosen.length === 0}
          >
            {found.map((info, i) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field above
              <div
                key={info.key}
                id={`${list}-${i}`}
                role="option"
                tabIndex={-1}
                aria-selected={i === at.value}
                // The field keeps the focus.
                onPointerDown={(event) => event.preventDefault()}
                onClick={() => add(info.key)}
              >
                <span class="series-name">{info.key}</span>
                <span class="muted">{[info.unit, info.input].filter(Boolean).join(' · ')}</span>
              </div>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}
