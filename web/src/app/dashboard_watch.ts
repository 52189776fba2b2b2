// One dashboard as it stands on the device: asked for about twice a second while the page is seen, which costs a line when it
// is the same. A text with mistakes leaves what was shown, and says what is wrong.
import { type Signal, signal } from '@preact/signals';
import { fetchDashboard, type LoadedDashboard } from '../api/dashboards.ts';
import { Refused } from '../api/http.ts';

const EVERY_MS = 600;

export class DashboardWatch {
  readonly dashboard: Signal<LoadedDashboard | null> = signal(null);
  /** The mistakes of its text, for people; empty when there are none. */
  readonly report: Signal<string> = signal('');
  readonly missing: Signal<boolean> = signal(false);
  readonly problem: Signal<string> = signal('');
  private etag = '';
  private over = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly name: string) {
    void this.turn();
  }

  /** At once: it was just saved. */
  hurry(): void {
    clearTimeout(this.timer);
    void this.turn();
  }

  end(): void {
    this.over = true;
    clearTimeout(this.timer);
  }

  private async turn(): Promise<void> {
    if (document.visibilityState === 'visible') await this.look();
    if (!this.over) this.timer = setTimeout(() => void this.turn(), EVERY_MS);
  }

  private async look(): Promise<void> {
    try {
      const news = await fetchDashboard(this.name, this.etag);
      if (this.over) return;
      this.problem.value = '';
      if (news.is === 'same') return;
      this.missing.value = news.is === 'missing';
      this.report.value = news.is === 'broken' ? news.report : '';
      this.etag = news.is === 'loaded' ? news.dashboard.etag : news.is === 'broken' ? news.etag : '';
      if (news.is === 'loaded') this.dashboard.value = news.dashboard;
    } catch (error) {
      // A lost request is the connection's business.
      if (error instanceof Refused) this.problem.value = error.message;
    }
  }
}
