// An address that leads nowhere.
import { Link } from './link.tsx';
import './not_found.css';

export function NotFound({ path }: { readonly path: string }) {
  return (
    <section class="not-found">
      <h1 class="page-title">There is nothing at {path}</h1>
      <p class="muted">The link may be old, or a letter may be missing.</p>
      <Link to={{ page: 'overview' }} class="button">
        To the overview
      </Link>
    </section>
  );
}
