// A plugin looks for devices, before anything is configured; what it found can be taken as it is.
import { useSignal } from '@preact/signals';
import type { Fields } from '../api/guard.ts';
import { Refused } from '../api/http.ts';
import { type Finding, type Findings, type PluginTable, probePlugin } from '../api/plugins.ts';
import { cleaned } from '../logic/option_form.ts';
import { t, tn } from '../logic/texts.ts';
import { OptionFields } from './option_fields.tsx';

interface Props {
  readonly plugin: PluginTable;
  readonly onUse: (options: string) => void;
}

export function ProbePanel({ plugin, onUse }: Props) {
  const values = useSignal<Fields>({});
  const busy = useSignal(false);
  const found = useSignal<Findings | null>(null);
  const problem = useSignal('');
  const look = async () => {
    busy.value = true;
    problem.value = '';
    found.value = null;
    try {
      found.value = await probePlugin(plugin.name, cleaned(values.value));
    } catch (error) {
      problem.value = error instanceof Refused ? error.message : t('The device did not answer.');
    }
    busy.value = false;
  };
  return (
    <section class="input-probe card">
      <h2 class="page-title">{t('Look for devices')}</h2>
      <OptionFields
        table={plugin.probeOptions}
        values={values.value}
        onChange={(next) => {
          values.value = next;
        }}
      />
      <div>
        <button type="button" class="button" disabled={busy.value} onClick={() => void look()}>
          {busy.value ? t('Looking …') : t('Look')}
        </button>
      </div>
      <div role="status">
        {problem.value !== '' && <p class="input-mistake">{problem}</p>}
        {found.value !== null && <Found found={found.value} onUse={onUse} />}
      </div>
    </section>
  );
}

function Found({ found, onUse }: { readonly found: Findings; readonly onUse: Props['onUse'] }) {
  const { findings, complete } = found;
  return (
    <>
      <p class="muted">
        {findings.length === 0
          ? t('Nothing was found.')
          : tn('{n} thing was found.', '{n} things were found.', findings.length)}{' '}
        {!complete && t('The time was up before all was tried.')}
      </p>
      <ul class="input-findings">
        {findings.map((finding) => (
          <One key={`${finding.title}${finding.options}`} finding={finding} onUse={onUse} />
        ))}
      </ul>
    </>
  );
}

function One({ finding, onUse }: { readonly finding: Finding; readonly onUse: Props['onUse'] }) {
  return (
    <li data-finding>
      <div class="input-finding">
        <span>{finding.title}</span>
        <span class="muted">{`${finding.confidence} %`}</span>
        {finding.options !== '' && (
          <button type="button" class="button" onClick={() => onUse(finding.options)}>
            {t('Use this')}
          </button>
        )}
      </div>
      {finding.detail !== '' && <pre>{finding.detail}</pre>}
    </li>
  );
}
