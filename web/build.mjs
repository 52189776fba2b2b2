// Builds the page: bundles with esbuild, names files by their content, checks the budget, and writes what the
// daemon embeds: every file and its gzip in one blob, with a table beside it. The same sources give the same bytes.
//
//   node build.mjs [--out DIR] [--version TEXT] [--embed]
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { writeBlob } from './build/blob.mjs';

const root = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'dist') },
    version: {
      type: 'string',
      default: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version,
    },
    embed: { type: 'boolean', default: false },
  },
});
const out = /** @type {string} */ (options.out);

/** Bytes of script, gzip, that the first load may take. */
const BUDGET = 60 * 1024;

/** @type {import('esbuild').BuildOptions & { write: false, metafile: true }} */
const common = {
  absWorkingDir: root,
  outdir: out,
  entryNames: 'assets/[name]-[hash]',
  chunkNames: 'assets/[name]-[hash]',
  bundle: true,
  target: 'es2020',
  minify: true,
  legalComments: 'none',
  metafile: true,
  write: false,
  logLevel: 'warning',
};
// A program of its own, which the page starts by its name.
const worker = await build({ ...common, entryPoints: { live: 'src/worker/live_worker.ts' }, format: 'iife' });
const workerFile = /** @type {import('esbuild').OutputFile} */ (worker.outputFiles[0]);
const result = await build({
  ...common,
  entryPoints: { app: 'src/main.tsx' },
  splitting: true,
  format: 'esm',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  define: {
    TELLTALE_VERSION: JSON.stringify(options.version),
    TELLTALE_WORKER: JSON.stringify(`/assets/${basename(workerFile.path)}`),
  },
});

/** @type {Map<string, { bytes: Buffer, immutable: boolean }>} path → file */
const files = new Map();
for (const file of [...result.outputFiles, workerFile]) {
  const path = `/assets/${basename(file.path)}`;
  files.set(path, { bytes: Buffer.from(file.contents), immutable: true });
}
const paths = [...files.keys()].sort();
const script = paths.find((path) => /^\/assets\/app-.*\.js$/.test(path));
const style = paths.find((path) => /^\/assets\/app-.*\.css$/.test(path));
if (script === undefined || style === undefined) throw new Error('the bundle has no script or no stylesheet');

for (const name of readdirSync(join(root, 'static')).sort()) {
  const bytes = readFileSync(join(root, 'static', name));
  if (name !== 'index.html') files.set(`/${name}`, { bytes, immutable: false });
}
const html = readFileSync(join(root, 'static', 'index.html'), 'utf8');
const index = html.replace('{{style}}', style).replace('{{script}}', script);
files.set('/', { bytes: Buffer.from(index), immutable: false });

checkNothingIsInline(index);
const first = firstLoad();
const size = (/** @type {number} */ bytes) => `${(bytes / 1024).toFixed(1)} KB`;
const later = paths.filter((path) => path.endsWith('.js') && !first.includes(path));
const firstBytes = first.reduce((sum, path) => sum + compressed(path), 0);
console.log(
  `page: first load ${size(firstBytes)} of script (gzip), budget ${size(BUDGET)}; ` +
    `style ${size(compressed(style))}; ${later.length} parts, ${size(later.reduce((sum, path) => sum + compressed(path), 0))} in all, when they are used`,
);
if (firstBytes > BUDGET) {
  console.error('page: the first load is over its budget');
  process.exit(1);
}

if (options.embed) {
  mkdirSync(out, { recursive: true });
  writeBlob(out, files);
} else {
  rmSync(out, { recursive: true, force: true });
  for (const [path, { bytes }] of files) {
    const target = join(out, path === '/' ? 'index.html' : path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
}

/** The entry and everything it imports at once. */
function firstLoad() {
  const outputs = new Map(
    Object.entries(result.metafile.outputs).map(([path, info]) => [`/assets/${basename(path)}`, info]),
  );
  const reached = [/** @type {string} */ (script)];
  for (const path of reached) {
    for (const { path: imported, kind } of outputs.get(path)?.imports ?? []) {
      const next = `/assets/${basename(imported)}`;
      if (kind === 'import-statement' && !reached.includes(next)) reached.push(next);
    }
  }
  return reached;
}

/** @param {string} path */
function compressed(path) {
  return gzipSync(/** @type {{ bytes: Buffer }} */ (files.get(path)).bytes, { level: 9 }).length;
}

/** The content security policy allows no inline script or style. @param {string} page */
function checkNothingIsInline(page) {
  if (/<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)/i.test(page))
    throw new Error('index.html holds inline script or style');
  if (/(?:src|href)="(?:https?:)?\/\//i.test(page)) throw new Error('index.html asks another host');
}
