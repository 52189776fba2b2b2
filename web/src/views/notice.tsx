// What was just done, in a line at the bottom that goes by itself; with a way to what came of it.
import { useEffect } from 'preact/hooks';
import { t } from '../logic/texts.ts';
import { useApp } from './context.ts';
import { Link } from './link.tsx';
import './notice.css';

const STAYS_MS = 6_000;

export function Notice() {
  const app = useApp();
  const notice = app.notice.value;
  useEffect(() => {
    if (notice === null) return;
    const timer = setTimeout(() => {
      app.notice.value = null;
    }, STAYS_MS);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <div class="notice-place" role="status">
      {notice !== null && (
        <p class="notice card">
          {notice.text}
          {notice.to !== null && (
            <Link to={notice.to} class="notice-link">
              {t('Show')}
            </Link>
          )}
        </p>
      )}
    </div>
  );
}
