// Two tones every few seconds while an alarm fires, on a page that hangs on a wall. Off until somebody wants it.
import { effect, signal } from '@preact/signals';

const STORED = 'telltale.sound';
const EVERY_MS = 4_000;
const TONES = [880, 660];
const TONE_S = 0.25;
const LOUDNESS = 0.2;

function stored(): boolean {
  try {
    return localStorage.getItem(STORED) === 'on';
  } catch {
    return false;
  }
}

export const soundWanted = signal(stored());
effect(() => {
  try {
    if (soundWanted.value) localStorage.setItem(STORED, 'on');
    else localStorage.removeItem(STORED);
  } catch {
    // Then it is wanted until the page is left.
  }
});

export class AlarmSound {
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  /** Told whether the browser refuses to make a sound before somebody has touched the page. */
  constructor(private readonly onBlocked: (blocked: boolean) => void) {}

  start(): void {
    this.context = typeof AudioContext === 'undefined' ? null : new AudioContext();
    if (this.context === null) return;
    this.context.onstatechange = () => this.look();
    this.look();
    this.play();
    this.timer = setInterval(() => this.play(), EVERY_MS);
  }

  /** Called where somebody touches the page. */
  allow(): void {
    void this.context?.resume().then(() => this.play());
  }

  end(): void {
    clearInterval(this.timer);
    void this.context?.close().catch(() => undefined);
    this.context = null;
  }

  private look(): void {
    this.onBlocked(this.context?.state === 'suspended');
  }

  private play(): void {
    this.look();
    const { context } = this;
    if (context === null || context.state !== 'running') return;
    TONES.forEach((frequency, i) => {
      const tone = context.createOscillator();
      const volume = context.createGain();
      const begin = context.currentTime + i * TONE_S;
      tone.frequency.value = frequency;
      // No clicks.
      volume.gain.setValueAtTime(0, begin);
      volume.gain.linearRampToValueAtTime(LOUDNESS, begin + 0.02);
      volume.gain.linearRampToValueAtTime(0, begin + TONE_S);
      tone.connect(volume).connect(context.destination);
      tone.start(begin);
      tone.stop(begin + TONE_S);
    });
  }
}
