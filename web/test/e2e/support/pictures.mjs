// Pictures of the page beside those that are kept in docs/pictures. Compared in blocks of some pixels, so that a line that
// stands a pixel further is the same, and a panel that does not is not.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../../../docs/pictures/page');
/** `TELLTALE_PICTURES=write` makes them anew: then somebody has to look at them. */
export const WRITES = process.env.TELLTALE_PICTURES === 'write';
const FONT = join(FOLDER, 'font.txt');

/** How wide the page's font is here: another one makes other pictures. */
export async function fontHere(page) {
  return page.evaluate(() => {
    const pen = document.createElement('canvas').getContext('2d');
    pen.font = `16px ${getComputedStyle(document.body).fontFamily}`;
    return pen.measureText('Oven temperature 0123456789 °C').width.toFixed(1);
  });
}

export function fontOfPictures() {
  return existsSync(FONT) ? readFileSync(FONT, 'utf8').trim() : '';
}

export function keepFont(width) {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(FONT, `${width}\n`);
}

export function keep(name, png) {
  writeFileSync(join(FOLDER, `${name}.png`), png);
}

export function kept(name) {
  return readFileSync(join(FOLDER, `${name}.png`));
}

/** The share of blocks that differ, from 0 to 1; 1 when the sizes do. In a page of its own: node has no eyes. */
export async function difference(browser, one, other) {
  const page = await browser.newPage();
  try {
    return await page.evaluate(
      async ([a, b]) => {
        const BLOCK = 8;
        const CLEAR = 14; // of 255, of a block's mean in any colour
        const pixels = async (text) => {
          const image = new Image();
          image.src = `data:image/png;base64,${text}`;
          await image.decode();
          const canvas = document.createElement('canvas');
          canvas.width = image.width;
          canvas.height = image.height;
          const pen = canvas.getContext('2d');
          pen.drawImage(image, 0, 0);
          return pen.getImageData(0, 0, image.width, image.height);
        };
        const [x, y] = [await pixels(a), await pixels(b)];
        if (x.width !== y.width || x.height !== y.height) return 1;
        const mean = (image, left, top, colour) => {
          let sum = 0;
          for (let row = top; row < top + BLOCK; row += 1) {
            for (let column = left; column < left + BLOCK; column += 1)
              sum += image.data[4 * (row * image.width + column) + colour];
          }
          return sum / BLOCK / BLOCK;
        };
        let [blocks, different] = [0, 0];
        for (let top = 0; top + BLOCK <= x.height; top += BLOCK) {
          for (let left = 0; left + BLOCK <= x.width; left += BLOCK) {
            blocks += 1;
            const far = [0, 1, 2].some(
              (colour) => Math.abs(mean(x, left, top, colour) - mean(y, left, top, colour)) > CLEAR,
            );
            if (far) different += 1;
          }
        }
        return different / blocks;
      },
      [one.toString('base64'), other.toString('base64')],
    );
  } finally {
    await page.close();
  }
}
