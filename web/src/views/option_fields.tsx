// The fields of an options table, nested as it is. What is rarely said is folded away, and made when it is opened.
import { useSignal } from '@preact/signals';
import { useId } from 'preact/hooks';
import { type Fields, fieldsOr, type Json, listOr } from '../api/guard.ts';
import { isPlain, type OptionRow, typedValue, withOption, writtenValue } from '../logic/option_form.ts';
import { t } from '../logic/texts.ts';

interface Props {
  readonly table: readonly OptionRow[];
  readonly values: Fields;
  readonly onChange: (values: Fields) => void;
}

export function OptionFields({ table, values, onChange }: Props) {
  const more = useSignal(false);
  const plain = table.filter(isPlain);
  const first = plain.length === 0 ? table : plain;
  const rest = plain.length === 0 ? [] : table.filter((row) => !isPlain(row));
  const field = (row: OptionRow) => (
    <OptionField
      key={row.name}
      row={row}
      value={values[row.name]}
      onChange={(value) => onChange(withOption(values, row.name, value))}
    />
  );
  return (
    <div class="option-fields">
      {first.map(field)}
      {rest.length > 0 && (
        <details
          class="option-more"
          onToggle={(event) => {
            more.value = event.currentTarget.open;
          }}
        >
          <summary>{t('{n} more options', { n: rest.length })}</summary>
          {more.value && <div class="option-fields">{rest.map(field)}</div>}
        </details>
      )}
    </div>
  );
}

interface FieldProps {
  readonly row: OptionRow;
  readonly value: Json | undefined;
  readonly onChange: (value: Json | undefined) => void;
}

function OptionField({ row, value, onChange }: FieldProps) {
  if (row.type === 'section' && row.list) return <SectionList {...{ row, value, onChange }} />;
  if (row.type === 'section') return <Section {...{ row, value, onChange }} />;
  if (row.list) return <TextList {...{ row, value, onChange }} />;
  return <Scalar {...{ row, value, onChange }} />;
}

function Help({ row, id }: { readonly row: OptionRow; readonly id: string }) {
  const limits =
    row.limits === null ? '' : t('{least} to {most}', { least: row.limits[0], most: row.limits[1] });
  return (
    <span class="option-help muted" id={id}>
      {[row.help, limits === '' ? '' : `(${limits})`].filter(Boolean).join(' ')}
    </span>
  );
}

function Name({ row, of }: { readonly row: OptionRow; readonly of: string }) {
  return (
    <label class="option-name" for={of}>
      {row.name}
      {row.unit !== '' && <span class="muted"> {row.unit}</span>}
      {row.required && <span class="option-required"> {t('required')}</span>}
    </label>
  );
}

function Scalar({ row, value, onChange }: FieldProps) {
  const id = useId();
  const written = writtenValue(value);
  const common = { id, 'aria-describedby': `${id}-help` };
  const choices = row.type === 'bool' ? ['true', 'false'] : row.choices;
  return (
    <div class="option-field">
      <Name row={row} of={id} />
      {choices.length > 0 ? (
        <select
          {...common}
          value={written}
          onChange={(event) => onChange(typedValue(row, event.currentTarget.value))}
        >
          <option value="">
            {row.byDefault === '' ? '–' : t('{value} (default)', { value: row.byDefault })}
          </option>
          {choices.map((choice) => (
            <option key={choice} value={choice}>
              {choice}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          {...(row.secret ? ({ type: 'password' } as const) : ({ type: 'text' } as const))}
          autocomplete="off"
          autocapitalize="none"
          spellcheck={false}
          inputMode={row.type === 'integer' || row.type === 'number' ? 'decimal' : 'text'}
          placeholder={row.byDefault}
          value={written}
          onInput={(event) => onChange(typedValue(row, event.currentTarget.value))}
        />
      )}
      <Help row={row} id={`${id}-help`} />
    </div>
  );
}

function TextList({ row, value, onChange }: FieldProps) {
  const id = useId();
  return (
    <div class="option-field">
      <Name row={row} of={id} />
      <textarea
        id={id}
        aria-describedby={`${id}-help`}
        rows={2}
        spellcheck={false}
        placeholder={[row.byDefault, t('one in a line')].filter(Boolean).join('\n')}
        value={listOr(value).map(writtenValue).join('\n')}
        onInput={(event) => {
          const items = event.currentTarget.value.split('\n').map((line) => typedValue(row, line) ?? '');
          onChange(items.length === 1 && items[0] === '' ? undefined : items);
        }}
      />
      <Help row={row} id={`${id}-help`} />
    </div>
  );
}

function Section({ row, value, onChange }: FieldProps) {
  const open = useSignal(row.required);
  return (
    <details
      class="option-section"
      open={open.value}
      onToggle={(event) => {
        open.value = event.currentTarget.open;
      }}
    >
      <summary>
        {row.name} <span class="muted">{row.help}</span>
      </summary>
      {open.value && <OptionFields table={row.options} values={fieldsOr(value)} onChange={onChange} />}
    </details>
  );
}

function SectionList({ row, value, onChange }: FieldProps) {
  const items = listOr(value).map(fieldsOr);
  const change = (next: readonly Fields[]) => onChange(next.length === 0 ? undefined : [...next]);
  return (
    <fieldset class="option-list">
      <legend>
        {row.name} <span class="muted">{row.help}</span>
        {row.required && <span class="option-required"> {t('required')}</span>}
      </legend>
      {items.map((item, i) => (
        <div key={`${i}`} class="option-item">
          <OptionFields
            table={row.options}
            values={item}
            onChange={(next) => change(items.map((other, n) => (n === i ? next : other)))}
          />
          <button type="button" class="quiet" onClick={() => change(items.filter((_, n) => n !== i))}>
            {t('Take away')}
          </button>
        </div>
      ))}
      <button type="button" class="button" onClick={() => change([...items, {}])}>
        {t('Add to {name}', { name: row.name })}
      </button>
    </fieldset>
  );
}
