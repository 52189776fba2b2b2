// Runs the tests of one kind with node's own runner. The unit tests are TypeScript, so they are bundled first:
// node 18 and 20 do not read it. The browser tests need TELLTALE_BIN_DIR, where telltaled was built.
//
//   node test/run.mjs unit | e2e [NAME]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const kind = process.argv[2] ?? 'unit';
const name = process.argv[3] ?? '';
const folder = join(root, 'test', kind);
const sources = readdirSync(folder)
  .filter((file) => /\.test\.(ts|mjs)$/.test(file) && file.includes(name))
  .sort();
if (sources.length === 0) {
  console.error(`no test in ${folder} is called ${name}`);
  process.exit(1);
}

/** @param {string[]} files @param {string[]} flags */
function run(files, flags) {
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', '--test', ...flags, ...files], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}

if (kind === 'e2e') {
  // They start daemons and a browser: one file after the other, which node 18 cannot be told.
  const flags = Number(process.versions.node.split('.')[0]) >= 20 ? ['--test-concurrency=1'] : [];
  run(
    sources.map((file) => join(folder, file)),
    flags,
  );
} else {
  // Inside of node_modules, so that what is imported from packages is found.
  const out = mkdtempSync(join(root, 'node_modules', '.telltale-test-'));
  try {
    await build({
      absWorkingDir: root,
      entryPoints: sources.map((file) => join(folder, file)),
      outdir: out,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node18',
      packages: 'external',
      sourcemap: 'inline',
      logLevel: 'warning',
    });
    run(
      readdirSync(out).map((file) => join(out, file)),
      [],
    );
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
