// What one panel shows, as a form. What is not in it stays as it is written.

import { useEffect, useRef } from 'preact/hooks';
import type { Fields, Json } from '../../api/guard.ts';
import { PANEL_KINDS } from '../../logic/dashboard_doc.ts';
import { mark, t } from '../../logic/texts.ts';
import { useApp } from '../context.ts';

interface Props {
  readonly fields: Fields;
  readonly onChange: (fields: Fields) => void;
  readonly onClose: () => void;
}

const TEXTS: readonly (readonly [string, string])[] = [
  ['title', mark('Title')],
  ['by', mark('By label')],
  ['unit', mark('Unit')],
  ['overlay', mark('Overlay')],
  ['percentiles', mark('Percentile bands')],
  ['span', mark('Span')],
];
const NUMBERS: readonly (readonly [string, string])[] = [
  ['min', mark('From')],
  ['max', mark('To')],
  ['decimals', mark('Decimals')],
];

const lines = (value: Json | undefined): string =>
  Array.isArray(value)
    ? value.map(String).join('\n')
    : value === undefined || value === null
      ? ''
      : String(value);

export function PanelForm({ fields, onChange, onClose }: Props) {
  const app = useApp();
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector('select')?.focus(), []);
  const set = (name: string, value: Json | undefined) => {
    const { [name]: _old, ...rest } = fields;
    onChange(value === undefined || value === '' ? rest : { ...fields, [name]: value });
  };
  const selectors = (text: string): Json | undefined => {
    const list = text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    return list.length === 0 ? undefined : list.length === 1 ? list[0]! : list;
  };
  const kind = typeof fields.panel === 'string' ? fields.panel : 'auto';
  return (
    <form
      ref={form}
      class="panel-form card"
      aria-label={t('Panel')}
      onSubmit={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <label>
        <span>{t('Kind')}</span>
        <select value={kind} onChange={(event) => set('panel', event.currentTarget.value)}>
          {PANEL_KINDS.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {kind === 'text' ? (
        <label>
          <span>{t('Text')}</span>
          <textarea
            rows={6}
            value={lines(fields.text)}
            onChange={(event) => set('text', event.currentTarget.value)}
          />
        </label>
      ) : (
        <label>
          <span>{t('Series, one in a line')}</span>
          <textarea
            rows={3}
            spellcheck={false}
            value={lines(fields.y)}
            onChange={(event) => set('y', selectors(event.currentTarget.value))}
          />
        </label>
      )}
      {kind !== 'text' && (
        <label>
          <span>{t('Add')}</span>
          <select
            value=""
            onChange={(event) => {
              const { value } = event.currentTarget;
              if (value !== '') set('y', selectors(`${lines(fields.y)}\n${value}`));
            }}
          >
            <option value="">{t('a series …')}</option>
            {app.catalogue().map(({ key }) => (
              <option key={key} value={key}>
                {key}
              </option>
            ))}
          </select>
        </label>
      )}
      {TEXTS.map(([name, label]) => (
        <label key={name}>
          <span>{t(label)}</span>
          <input
            type="text"
            value={lines(fields[name])}
            onChange={(event) => set(name, event.currentTarget.value)}
          />
        </label>
      ))}
      {NUMBERS.map(([name, label]) => (
        <label key={name}>
          <span>{t(label)}</span>
          <input
            type="number"
            step="any"
            value={lines(fields[name])}
            onChange={(event) => {
              const { value } = event.currentTarget;
              set(name, value === '' ? undefined : Number(value));
            }}
          />
        </label>
      ))}
      <button type="submit" class="button button-main">
        {t('Done')}
      </button>
    </form>
  );
}
