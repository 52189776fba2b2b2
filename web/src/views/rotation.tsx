// A wall that shows one dashboard after the other: `?kiosk&rotate=30s`, or `&rotate=30s&among=hall,line`. Whoever touches it
// has a minute of peace. Shows nothing itself.
import { useEffect } from 'preact/hooks';
import { fetchDashboards } from '../api/dashboards.ts';
import { nextInTurn } from '../logic/rotation.ts';
import { namedDashboard } from '../logic/route.ts';
import { useApp } from './context.ts';

const PEACE_MS = 60_000;

export function Rotation() {
  const app = useApp();
  const turn = app.router.rotation.value;
  useEffect(() => {
    if (turn === null) return;
    let touchedAt = Number.NEGATIVE_INFINITY;
    const touched = () => {
      touchedAt = performance.now();
    };
    const step = async () => {
      if (performance.now() - touchedAt < PEACE_MS || document.visibilityState !== 'visible') return;
      // Looked up each time: what is added joins in, what is gone or broken is left out. Without an answer it waits.
      const list = await fetchDashboards().catch(() => null);
      const names = list?.filter(({ broken }) => !broken).map(({ name }) => name) ?? [];
      const here = app.router.route.peek();
      const next = nextInTurn(names, turn.among, here.page === 'dashboard' ? here.name : '');
      if (next !== null && app.router.rotation.peek() === turn) app.router.turnTo(namedDashboard(next));
    };
    const here = app.router.route.peek();
    if (here.page !== 'dashboard') void step();
    const timer = setInterval(() => void step(), turn.everyMs);
    for (const name of ['pointerdown', 'keydown', 'wheel'])
      window.addEventListener(name, touched, { passive: true });
    return () => {
      clearInterval(timer);
      for (const name of ['pointerdown', 'keydown', 'wheel']) window.removeEventListener(name, touched);
    };
  }, [turn]);
  return null;
}
