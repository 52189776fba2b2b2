// A part of the page that is loaded when it is first shown.

import { useSignal } from '@preact/signals';
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import { t } from '../logic/texts.ts';

interface Props<Given extends object> {
  /** The same function each time. */
  readonly load: () => Promise<ComponentType<Given>>;
  readonly given: Given;
}

export function Lazy<Given extends object>({ load, given }: Props<Given>) {
  const part = useSignal<{ readonly Part: ComponentType<Given> } | null>(null);
  const failed = useSignal(false);
  useEffect(() => {
    let over = false;
    load().then(
      (Part) => {
        if (!over) part.value = { Part };
      },
      () => {
        failed.value = true;
      },
    );
    return () => {
      over = true;
    };
  }, [load]);
  if (failed.value) {
    return (
      <p class="muted">{t('This part could not be loaded. Reload the page once the device is back.')}</p>
    );
  }
  if (part.value === null) return null;
  const { Part } = part.value;
  return <Part {...given} />;
}
