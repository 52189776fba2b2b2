// The fields of a rule that is made of a chart.
import type { Target } from '../api/rules.ts';
import type { mistakesOf, RuleDraft } from '../logic/rule_draft.ts';
import { mark, t } from '../logic/texts.ts';

const SEVERITIES: readonly (readonly [string, string])[] = [
  ['info', mark('Information')],
  ['warning', mark('Warning')],
  ['critical', mark('Critical')],
];

interface Props {
  readonly draft: RuleDraft;
  readonly mistakes: ReturnType<typeof mistakesOf>;
  readonly unit: string;
  /** Key and name of the series that the chart shows. */
  readonly choices: readonly (readonly [string, string])[];
  readonly labelled: boolean;
  readonly targets: readonly Target[];
  readonly onChange: (change: Partial<RuleDraft>) => void;
}

export function AlarmFields({ draft, mistakes, unit, choices, labelled, targets, onChange }: Props) {
  const told = (id: string) => draft.notify === null || draft.notify.includes(id);
  const tell = (id: string, wanted: boolean) => {
    const ids = targets.map((target) => target.id).filter((one) => (one === id ? wanted : told(one)));
    onChange({ notify: ids.length === targets.length ? null : ids });
  };
  const typed = (name: 'name' | 'threshold' | 'clear' | 'hold' | 'message', label: string, more = {}) => (
    <label class="alarm-field">
      <span>{label}</span>
      <input
        type="text"
        autocomplete="off"
        value={draft[name]}
        aria-invalid={name in mistakes}
        onInput={(event) => onChange({ [name]: event.currentTarget.value })}
        {...more}
      />
    </label>
  );
  const withUnit = (word: string) => (unit === '' ? word : `${word} (${unit})`);
  return (
    <div class="alarm-fields">
      {typed('name', t('Name'), { maxLength: 120 })}
      {choices.length > 1 && (
        <label class="alarm-field">
          <span>{t('Series')}</span>
          <select value={draft.series} onChange={(event) => onChange({ series: event.currentTarget.value })}>
            {choices.map(([key, name]) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </select>
        </label>
      )}
      {labelled && (
        <label class="alarm-check">
          <input
            type="checkbox"
            checked={draft.all}
            onChange={(event) => onChange({ all: event.currentTarget.checked })}
          />
          {t('Each series of that name: an alarm of its own')}
        </label>
      )}
      <label class="alarm-field">
        <span>{t('Fires when it is')}</span>
        <select
          value={draft.way}
          onChange={(event) => {
            const way = event.currentTarget.value === 'below' ? 'below' : 'above';
            // The other way round the old end would be none.
            onChange({ way, clear: '' });
          }}
        >
          <option value="above">{t('above')}</option>
          <option value="below">{t('below')}</option>
        </select>
      </label>
      {typed('threshold', withUnit(t('Threshold value')), { inputMode: 'decimal' })}
      {typed('clear', withUnit(t('Over when it is back at')), { inputMode: 'decimal' })}
      {typed('hold', t('For at least'), { maxLength: 16 })}
      <label class="alarm-field">
        <span>{t('Severity')}</span>
        <select
          value={draft.severity}
          onChange={(event) => onChange({ severity: event.currentTarget.value })}
        >
          {SEVERITIES.map(([value, name]) => (
            <option key={value} value={value}>
              {t(name)}
            </option>
          ))}
        </select>
      </label>
      {typed('message', t('What to do then'), { maxLength: 500 })}
      {targets.length > 0 && (
        <fieldset class="alarm-field">
          <legend>{t('Who is told')}</legend>
          {targets.map(({ id, way }) => (
            <label key={id} class="alarm-check">
              <input
                type="checkbox"
                checked={told(id)}
                onChange={(event) => tell(id, event.currentTarget.checked)}
              />
              {`${id} (${way})`}
            </label>
          ))}
        </fieldset>
      )}
    </div>
  );
}
