// The device's wall clock as the page knows it: the browser's own may be wrong by years. Steps of the browser's
// clock do not matter: the time since is counted by the monotonic one.

export class DeviceClock {
  private deviceMs = Date.now();
  private takenAt = performance.now();

  set(deviceMs: number): void {
    this.deviceMs = deviceMs;
    this.takenAt = performance.now();
  }

  now(): number {
    return this.deviceMs + (performance.now() - this.takenAt);
  }
}
