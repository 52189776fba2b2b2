// Waiting for an event, with a deadline and a word for what did not happen.
import net from 'node:net';

/** Stretched for slow machines and sanitizer builds. */
export const SLOWNESS = Number(process.env.TELLTALE_SLOWNESS ?? 1);

/** The first true answer of `ask`. */
export async function waitUntil(what, ask, seconds = 10) {
  const deadline = performance.now() + seconds * 1000 * SLOWNESS;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`not within ${seconds * SLOWNESS} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
