// What a model puts out over its input: a line, or a coloured plane with the line where it is 0.

const GRID = 30;

export function widened(xs: number[]): [number, number] {
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const room = (high - low || 1) * 0.12;
  return [low - room, high + room];
}

const VIOLET: [number, number, number] = [124, 58, 237];
const GREEN: [number, number, number] = [22, 163, 74];

export function drawPlane(
  context: CanvasRenderingContext2D,
  at: (...x: number[]) => number,
  points: number[][],
  targets: number[],
  ranges: [number, number][],
  here: number[],
): void {
  const { width, height } = context.canvas;
  const [[x0, x1], [y0, y1]] = ranges;
  const values: number[] = [];
  for (let row = 0; row < GRID; row++) {
    for (let column = 0; column < GRID; column++) {
      const [u, v] = [(column + 0.5) / GRID, (row + 0.5) / GRID];
      values.push(at(x0 + u * (x1 - x0), y1 + v * (y0 - y1)));
    }
  }
  const small = new OffscreenCanvas(GRID, GRID);
  const pixels = new ImageData(GRID, GRID);
  values.forEach((z, i) => {
    const colour = z > 0 ? GREEN : VIOLET;
    const strength = 0.12 + 0.5 * Math.abs(Math.tanh(z));
    pixels.data.set([...colour, 255 * strength], 4 * i);
  });
  small.getContext("2d")?.putImageData(pixels, 0, 0);
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, width, height);
  contour(context, values);
  points.forEach(([x, y], n) => {
    mark(context, ((x - x0) / (x1 - x0)) * width, ((y1 - y) / (y1 - y0)) * height, targets[n] > 0);
  });
  ring(context, ((here[0] - x0) / (x1 - x0)) * width, ((y1 - here[1]) / (y1 - y0)) * height);
}

function ring(context: CanvasRenderingContext2D, x: number, y: number): void {
  context.beginPath();
  context.arc(x, y, 15, 0, 2 * Math.PI);
  context.lineWidth = 5;
  context.strokeStyle = getComputedStyle(context.canvas).color;
  context.stroke();
}

// The line where the output is 0, cell by cell (marching squares).
function contour(context: CanvasRenderingContext2D, values: number[]): void {
  const { width, height } = context.canvas;
  const point = (a: number, b: number): [number, number] => {
    const t = values[a] / (values[a] - values[b]);
    const place = (i: number) => [((i % GRID) + 0.5) / GRID, (Math.floor(i / GRID) + 0.5) / GRID];
    const [[ax, ay], [bx, by]] = [place(a), place(b)];
    return [(ax + t * (bx - ax)) * width, (ay + t * (by - ay)) * height];
  };
  context.beginPath();
  for (let row = 0; row < GRID - 1; row++) {
    for (let column = 0; column < GRID - 1; column++) {
      const a = row * GRID + column;
      const corners = [a, a + 1, a + 1 + GRID, a + GRID];
      const crossings: [number, number][] = [];
      corners.forEach((p, i) => {
        const q = corners[(i + 1) % 4];
        if (values[p] > 0 !== values[q] > 0) crossings.push(point(p, q));
      });
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        context.moveTo(...crossings[i]);
        context.lineTo(...crossings[i + 1]);
      }
    }
  }
  context.lineWidth = 4;
  context.strokeStyle = getComputedStyle(context.canvas).color;
  context.stroke();
}

function mark(context: CanvasRenderingContext2D, x: number, y: number, positive: boolean): void {
  context.beginPath();
  if (positive) context.arc(x, y, 7, 0, 2 * Math.PI);
  else context.rect(x - 6, y - 6, 12, 12);
  context.fillStyle = `rgb(${(positive ? GREEN : VIOLET).join()})`;
  context.strokeStyle = "#fff";
  context.lineWidth = 2.5;
  context.fill();
  context.stroke();
}

export function drawCurve(
  context: CanvasRenderingContext2D,
  at: (...x: number[]) => number,
  points: number[][],
  targets: number[],
  [x0, x1]: [number, number],
  here: number,
): void {
  const { width, height } = context.canvas;
  const xs = Array.from({ length: 81 }, (_, i) => x0 + ((x1 - x0) * i) / 80);
  const ys = xs.map((x) => at(x));
  const [y0, y1] = widened([...targets, ...ys.filter(Number.isFinite)]);
  const place = (x: number, y: number): [number, number] => [
    ((x - x0) / (x1 - x0)) * width,
    ((y1 - y) / (y1 - y0)) * height,
  ];
  context.clearRect(0, 0, width, height);
  points.forEach(([x], n) => mark(context, ...place(x, targets[n]), true));
  context.beginPath();
  xs.forEach((x, i) => context.lineTo(...place(x, ys[i])));
  context.lineWidth = 4;
  context.strokeStyle = getComputedStyle(context.canvas).color;
  context.stroke();
  ring(context, ...place(here, at(here)));
}
