// Where the page lies, by the path of one of its scripts, which is BASE/assets/NAME.js.
export function baseOf(script: string): string {
  return script.replace(/\/assets\/[^/]*$/, '');
}
