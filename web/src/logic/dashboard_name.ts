// What a dashboard may be called in its address and its file.

const NAME = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export function isDashboardName(text: string): boolean {
  return NAME.test(text);
}

/** The nearest name to what somebody wrote; empty when nothing of it can stay. */
export function dashboardName(written: string): string {
  const name = written
    .toLowerCase()
    .replace(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z0-9]+|-+$/g, '')
    .slice(0, 64);
  return isDashboardName(name) ? name : '';
}
