// Keeps the screen on while a wall shows the page. Browsers offer this on https and on the device itself only: elsewhere the
// screen's own settings decide.

interface Sentinel {
  release(): Promise<void>;
}

interface WakeLock {
  request(type: 'screen'): Promise<Sentinel>;
}

export class ScreenWake {
  private wanted = false;
  private held: Sentinel | null = null;

  constructor() {
    // The browser lets it go whenever the page is hidden.
    document.addEventListener('visibilitychange', () => void this.renew());
  }

  keep(on: boolean): void {
    this.wanted = on;
    void this.renew();
  }

  private async renew(): Promise<void> {
    const lock = (navigator as { wakeLock?: WakeLock }).wakeLock;
    if (lock === undefined) return;
    if (!this.wanted || document.visibilityState !== 'visible') {
      const old = this.held;
      this.held = null;
      await old?.release().catch(() => undefined);
      return;
    }
    try {
      this.held = await lock.request('screen');
    } catch {
      // Refused, for a low battery as a rule.
    }
  }
}
