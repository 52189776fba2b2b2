// Light, dark, or as the machine says; remembered by the browser where it lets us.
import { type Signal, signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';
const STORED_AS = 'telltale.theme';

export class ThemeChoice {
  readonly choice: Signal<Theme> = signal(stored());
  /** Grows when the colours change: canvases are drawn again. */
  readonly painted: Signal<number> = signal(0);
  private readonly machine = window.matchMedia('(prefers-color-scheme: dark)');

  constructor() {
    this.machine.addEventListener('change', () => this.paint());
    this.paint();
  }

  choose(theme: Theme): void {
    this.choice.value = theme;
    try {
      localStorage.setItem(STORED_AS, theme);
    } catch {
      // A browser that keeps nothing: the choice holds until the page is closed.
    }
    this.paint();
  }

  private paint(): void {
    const choice = this.choice.value;
    const dark = choice === 'dark' || (choice === 'auto' && this.machine.matches);
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
    this.painted.value += 1;
  }
}

function stored(): Theme {
  try {
    const text = localStorage.getItem(STORED_AS);
    return text === 'light' || text === 'dark' ? text : 'auto';
  } catch {
    return 'auto';
  }
}
