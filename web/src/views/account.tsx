// Who is logged in here, and the way out.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { BASE } from '../api/base.ts';
import { endSession, fetchSession, type SessionState } from '../api/session.ts';
import { mark, t } from '../logic/texts.ts';
import './settings.css';

const WORDS: { readonly [scope: string]: string } = {
  read: mark('see readings'),
  write: mark('post readings'),
  admin: mark('change the device'),
};

export function Account() {
  const session = useSignal<SessionState | null>(null);
  useEffect(() => {
    void fetchSession()
      .then((state) => {
        session.value = state;
      })
      .catch(() => {
        session.value = null;
      });
  }, []);
  if (session.value === null || !session.value.accounts) return null;
  const { user, can } = session.value;
  return (
    <section class="settings-block card">
      <h2 class="settings-name">{t('Account')}</h2>
      <dl>
        <div>
          <dt>{t('Logged in as')}</dt>
          <dd>{user === '' ? t('nobody') : user}</dd>
        </div>
        <div>
          <dt>{t('May')}</dt>
          <dd>{can.map((scope) => t(WORDS[scope] ?? scope)).join(', ')}</dd>
        </div>
      </dl>
      {user !== '' && (
        <button
          type="button"
          class="button"
          onClick={() => void endSession().finally(() => location.assign(`${BASE}/`))}
        >
          {t('Log out')}
        </button>
      )}
    </section>
  );
}
