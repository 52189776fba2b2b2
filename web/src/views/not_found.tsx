// An address that leads nowhere.
import { t } from '../logic/texts.ts';
import { Link } from './link.tsx';
import './not_found.css';

export function NotFound({ path }: { readonly path: string }) {
  return (
    <section class="not-found">
      <h1 class="page-title">
        {t('There is nothing at')} {path}
      </h1>
      <p class="muted">{t('The link may be old, or a letter may be missing.')}</p>
      <Link to={{ page: 'overview' }} class="button">
        {t('To the overview')}
      </Link>
    </section>
  );
}
