// A picture of the charts that are seen, with their legends as text. Loaded when somebody asks for one.

const PADDING = 24;
const LINE = 20;

export async function takePicture(root: Element): Promise<Blob | null> {
  const ratio = window.devicePixelRatio || 1;
  const style = getComputedStyle(document.documentElement);
  const charts = [...root.querySelectorAll('.chart-panel')].flatMap((panel) => {
    const canvas = panel.querySelector('canvas');
    const rows = [...panel.querySelectorAll('.chart-legend tr')].map((row) =>
      [...row.children].map((cell) => cell.textContent ?? '').join('   '),
    );
    const title = panel.querySelector('.page-title')?.textContent ?? '';
    return canvas === null ? [] : [{ canvas, lines: title === '' ? rows : [title, ...rows] }];
  });
  if (charts.length === 0) return null;
  const width = Math.max(...charts.map(({ canvas }) => canvas.width / ratio)) + 2 * PADDING;
  const height = charts.reduce(
    (sum, { canvas, lines }) => sum + canvas.height / ratio + lines.length * LINE + PADDING,
    PADDING,
  );
  const picture = document.createElement('canvas');
  picture.width = width * ratio;
  picture.height = height * ratio;
  const pen = picture.getContext('2d')!;
  pen.scale(ratio, ratio);
  pen.fillStyle = style.getPropertyValue('--surface').trim();
  pen.fillRect(0, 0, width, height);
  pen.font = '13px system-ui, sans-serif';
  pen.textBaseline = 'top';
  let y = PADDING;
  for (const { canvas, lines } of charts) {
    pen.drawImage(canvas, PADDING, y, canvas.width / ratio, canvas.height / ratio);
    y += canvas.height / ratio + 4;
    pen.fillStyle = style.getPropertyValue('--text').trim();
    for (const text of lines) {
      pen.fillText(text, PADDING, y);
      y += LINE;
    }
    y += PADDING - 4;
  }
  return new Promise((resolve) => picture.toBlob(resolve, 'image/png'));
}
