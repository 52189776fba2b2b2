// No series yet: how to get the first one, ready to copy.
import { BASE } from '../api/base.ts';
import { t } from '../logic/texts.ts';
import { Snippet } from './snippet.tsx';
import './empty_state.css';

const YAML = `inputs:
  - id: host
    plugin: linux              # this machine's own sensors
  - id: broker
    plugin: mqtt
    options:
      url: mqtt://127.0.0.1:1883
      subscribe:
        - {topic: "plant/+/{sensor}", payload: json,
           value: $.value, name: "{sensor}.{1}"}`;

export function EmptyState() {
  const curl = `curl -d 'room.temperature value=21.5' \\\n  ${location.origin}${BASE}/api/v1/write`;
  return (
    <section class="empty-state">
      <h1 class="page-title">{t('Nothing is measured yet')}</h1>
      <p class="muted">
        {t(
          'Readings appear here by themselves as soon as an input sends one. Inputs stand in telltale.yaml:',
        )}
      </p>
      <Snippet text={YAML} />
      <p class="muted">{t('Or post a reading from the device itself, to see one move at once:')}</p>
      <Snippet text={curl} />
    </section>
  );
}
