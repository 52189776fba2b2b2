// The keys that work everywhere: `?` lists them, Ctrl+K finds anything, `d k` hides everything but the page.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp, useKey } from './context.ts';
import { Lazy } from './lazy.tsx';
import './dialogs.css';

type Open = 'help' | 'palette' | null;

const CHORD_MS = 1_500;
const loadHelp = async () => (await import('./help.tsx')).Help;
const loadPin = async () => (await import('./pin_dialog.tsx')).PinDialog;
const loadAlarm = async () => (await import('./alarm_form.tsx')).AlarmForm;
const loadPalette = async () => (await import('./palette.tsx')).Palette;

export function Commands() {
  const app = useApp();
  const open = useSignal<Open>(null);
  const close = () => {
    open.value = null;
  };
  const began = useSignal(Number.NEGATIVE_INFINITY);
  useKey('?', () => {
    open.value = 'help';
  });
  useKey('d', () => {
    began.value = performance.now();
  });
  useKey('k', () => {
    if (performance.now() - began.peek() < CHORD_MS) app.router.setKiosk(!app.router.kiosk.peek());
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      open.value = open.peek() === 'palette' ? null : 'palette';
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  useKey('p', () => {
    const tile = document.querySelector<HTMLElement>('.tile:focus, .tile:hover');
    if (tile?.dataset.series !== undefined) app.pin([tile.dataset.series]);
  });
  const pinning = app.pinning.value;
  if (pinning !== null) {
    const given = {
      keys: pinning,
      close: () => {
        app.pinning.value = null;
      },
    };
    return <Lazy key="pin" load={loadPin} given={given} />;
  }
  const alarming = app.alarming.value;
  if (alarming !== null) {
    const given = {
      keys: alarming,
      close: () => {
        app.alarming.value = null;
      },
    };
    return <Lazy key="alarm" load={loadAlarm} given={given} />;
  }
  if (open.value === 'help') return <Lazy load={loadHelp} given={{ close }} />;
  if (open.value === 'palette') return <Lazy key="palette" load={loadPalette} given={{ close }} />;
  return null;
}
