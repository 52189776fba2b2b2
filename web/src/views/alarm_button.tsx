// Makes an alarm of what a panel shows. Seen where a pointer or the focus is; not on a wall.
import { t } from '../logic/texts.ts';
import { useApp } from './context.ts';

interface Props {
  readonly of: readonly string[];
  readonly title: string;
}

export function AlarmButton({ of, title }: Props) {
  const app = useApp();
  if (app.router.kiosk.value) return null;
  if (!of.some((key) => ['gauge', 'counter'].includes(app.entry(key)?.info.kind ?? ''))) return null;
  return (
    <button
      type="button"
      class="alarm-button"
      aria-label={t('Alarm on {name}…', { name: title })}
      title={t('Alarm on this…')}
      onClick={() => app.alarmOn(of)}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4" />
      </svg>
    </button>
  );
}
