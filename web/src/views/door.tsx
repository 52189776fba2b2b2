// What stands before the page when the device wants to know who is there: the login, or the setup of a new device.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { beginSession, type Entry, fetchSession, type SessionState } from '../api/session.ts';
import { mark, t } from '../logic/texts.ts';
import { useApp } from './context.ts';
import './door.css';

const FIELDS = {
  code: { label: mark('Setup code'), autocomplete: 'one-time-code' },
  user: { label: mark('Name'), autocomplete: 'username' },
  password: { label: mark('Password'), autocomplete: 'current-password' },
} as const;
type Field = keyof typeof FIELDS;

export function Door() {
  const app = useApp();
  const session = useSignal<SessionState | null>(null);
  const wrong = useSignal('');
  const busy = useSignal(false);
  useEffect(() => {
    void fetchSession()
      .then((state) => {
        // Let in meanwhile, in another tab.
        if (state.can.includes('read')) location.reload();
        session.value = state;
      })
      .catch((error: unknown) => {
        wrong.value = error instanceof Error ? error.message : String(error);
      });
  }, []);
  const enter = (event: SubmitEvent) => {
    event.preventDefault();
    const given = Object.fromEntries(
      new FormData(event.currentTarget as HTMLFormElement),
    ) as unknown as Entry;
    busy.value = true;
    beginSession(given)
      .then(() => location.reload())
      .catch((error: unknown) => {
        busy.value = false;
        wrong.value = error instanceof Error ? error.message : String(error);
      });
  };
  if (session.value === null) return wrong.value === '' ? null : <Wrong text={wrong.value} />;
  const { setup, accounts } = session.value;
  if (!accounts || (!setup && session.value.user !== '')) return <Wrong text={app.problem.value} />;
  const fields: readonly Field[] = setup ? ['code', 'user', 'password'] : ['user', 'password'];
  return (
    <form class="door card" onSubmit={enter}>
      <h1 class="page-title">{setup ? t('Set up this device') : t('Log in')}</h1>
      {setup && (
        <p class="muted">
          {t(
            'The setup code proves that this device is yours. It makes the first user, an administrator. The log of the device shows it, and so does, on the device,',
          )}{' '}
          <code>telltale status</code>.
        </p>
      )}
      {fields.map((name, i) => (
        <label key={name} class="door-field">
          <span>{t(FIELDS[name].label)}</span>
          <input
            {...(name === 'password' ? ({ type: 'password' } as const) : ({ type: 'text' } as const))}
            name={name}
            autocomplete={setup && name === 'password' ? 'new-password' : FIELDS[name].autocomplete}
            minLength={setup && name === 'password' ? 8 : 1}
            maxLength={256}
            autocapitalize="none"
            spellcheck={false}
            autofocus={i === 0}
            required
          />
        </label>
      ))}
      {wrong.value !== '' && <Wrong text={wrong.value} />}
      <button type="submit" class="button door-enter" disabled={busy.value}>
        {setup ? t('Set up') : t('Log in')}
      </button>
    </form>
  );
}

function Wrong({ text }: { readonly text: string }) {
  return (
    <p class="door-wrong" role="alert">
      {text}
    </p>
  );
}
