// A link inside of the page: an address like any other, followed without loading anything.
import type { AnchorHTMLAttributes, ComponentChildren } from 'preact';
import { BASE } from '../api/base.ts';
import { formatRoute, type Route } from '../logic/route.ts';
import { useApp } from './context.ts';

type Attributes = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href' | 'onClick' | 'role'>;

interface Props extends Attributes {
  readonly to: Route;
  readonly children?: ComponentChildren;
}

export function Link({ to, children, ...rest }: Props) {
  const app = useApp();
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    app.router.go(to);
  };
  return (
    <a {...rest} href={BASE + formatRoute(to)} onClick={follow}>
      {children}
    </a>
  );
}
