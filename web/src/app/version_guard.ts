// The device was updated while the page was open: load the new page, once per version, never in a loop.

const TRIED_AS = 'telltale.reloaded-for';

export function reloadWhenOutdated(deviceVersion: string, builtVersion: string): void {
  if (deviceVersion === '' || deviceVersion === builtVersion) return;
  try {
    if (sessionStorage.getItem(TRIED_AS) === deviceVersion) return;
    sessionStorage.setItem(TRIED_AS, deviceVersion);
  } catch {
    // Without a memory a reload might repeat for ever; the old page goes on instead.
    return;
  }
  location.reload();
}
