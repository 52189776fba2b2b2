// What the daemon embeds: assets.bin, every file followed by its gzip and its brotli, and assets_table.inc, which says where each
// lies. Files are only rewritten when they change, so that nothing is built again without a reason.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const TYPES = /** @type {Record<string, string>} */ ({
  '': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/schema+json',
  '.webmanifest': 'application/manifest+json',
});

/** Compression must save at least this share. */
const WORTH = 0.95;
/** Byte 9 of a gzip header, the operating system (RFC 1952): 255, unknown, whoever builds. */
const OS_BYTE = 9;

/** @param {Buffer} bytes */
function pack(bytes) {
  const packed = gzipSync(bytes, { level: 9 });
  packed[OS_BYTE] = 255;
  return packed.length < bytes.length * WORTH ? packed : Buffer.alloc(0);
}

/** Browsers ask for it under HTTPS alone. @param {Buffer} bytes */
function packSmaller(bytes) {
  const packed = brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
  return packed.length < bytes.length * WORTH ? packed : Buffer.alloc(0);
}

/** @param {string} path @param {string | Buffer} content */
function writeIfChanged(path, content) {
  const bytes = Buffer.from(content);
  if (!existsSync(path) || !readFileSync(path).equals(bytes)) writeFileSync(path, bytes);
}

/**
 * @param {string} out
 * @param {Map<string, { bytes: Buffer, immutable: boolean }>} files
 */
export function writeBlob(out, files) {
  /** @type {Buffer[]} */
  const parts = [];
  let offset = 0;
  const rows = [];
  for (const [path, { bytes, immutable }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const type = TYPES[extname(path)];
    if (type === undefined) throw new Error(`no content type for ${path}`);
    const packed = pack(bytes);
    const etag = createHash('sha256').update(bytes).digest('hex').slice(0, 20);
    const forms = [bytes, packed, packSmaller(bytes)];
    const places = [];
    for (const form of forms) {
      places.push(offset, form.length);
      offset += form.length;
    }
    rows.push(`{"${path}", "${type}", "\\"${etag}\\"", ${places.join(', ')}, ${immutable}},`);
    parts.push(...forms);
  }
  writeIfChanged(join(out, 'assets.bin'), Buffer.concat(parts));
  writeIfChanged(join(out, 'assets_table.inc'), `${rows.join('\n')}\n`);
}
