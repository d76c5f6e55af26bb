// What a model puts out over its input: a curve over one, a plane coloured by class over two.
import type { Predictor } from "./predictor";

type Range = [number, number];

const GRID = 30;
const COLOURS = [
  [124, 58, 237],
  [22, 163, 74],
  [219, 39, 119],
  [13, 148, 136],
  [146, 98, 57],
  [100, 116, 139],
];
const CORNERS = [4, 0, 3, 5, 6, 8]; // of the mark of each class; 0 is a circle

export function widened(xs: number[]): Range {
  const [low, high] = [Math.min(...xs), Math.max(...xs)];
  const room = (high - low || 1) * 0.12;
  return [low - room, high + room];
}

export function drawPlane(
  context: CanvasRenderingContext2D,
  predictor: Predictor,
  data: Float64Array,
  [[x0, x1], [y0, y1]]: Range[],
  here: number[],
): void {
  const { width, height } = context.canvas;
  const scratch = data.slice();
  const cells = Array.from({ length: GRID * GRID }, (_, i) => {
    const [u, v] = [((i % GRID) + 0.5) / GRID, (Math.floor(i / GRID) + 0.5) / GRID];
    return predictor.predict([x0 + u * (x1 - x0), y1 + v * (y0 - y1)], scratch);
  });
  const pixels = new ImageData(GRID, GRID);
  cells.forEach(({ margins, best }, i) => {
    const strength = 0.12 + 0.5 * Math.abs(Math.tanh(margins[best]));
    pixels.data.set([...COLOURS[best % COLOURS.length], 255 * strength], 4 * i);
  });
  const small = new OffscreenCanvas(GRID, GRID);
  small.getContext("2d")?.putImageData(pixels, 0, 0);
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = true;
  context.drawImage(small, 0, 0, width, height);
  if (predictor.isClassifier) {
    cells[0].margins.forEach((_, k) => {
      if (k || cells[0].margins.length > 2)
        contour(
          context,
          cells.map((c) => c.margins[k]),
        );
    });
  }
  const place = ([x, y]: number[]): Range => [
    ((x - x0) / (x1 - x0)) * width,
    ((y1 - y) / (y1 - y0)) * height,
  ];
  predictor.points.forEach((p, n) => mark(context, place(p), predictor.colourOf(n)));
  ring(context, place(here));
}

export function drawCurve(
  context: CanvasRenderingContext2D,
  predictor: Predictor,
  data: Float64Array,
  [x0, x1]: Range,
  here: number,
): void {
  const { width, height } = context.canvas;
  const scratch = data.slice();
  const at = (x: number) => predictor.outputs([x], scratch)[0];
  const xs = Array.from({ length: 81 }, (_, i) => x0 + ((x1 - x0) * i) / 80);
  const ys = xs.map(at);
  const [y0, y1] = widened([...predictor.targets, ...ys].filter(Number.isFinite));
  const place = (x: number, y: number): Range => [
    ((x - x0) / (x1 - x0)) * width,
    ((y1 - y) / (y1 - y0)) * height,
  ];
  context.clearRect(0, 0, width, height);
  predictor.points.forEach(([x], n) => mark(context, place(x, predictor.targets[n]), 1));
  context.beginPath();
  xs.forEach((x, i) => context.lineTo(...place(x, ys[i])));
  stroke(context, 4);
  ring(context, place(here, at(here)));
}

function stroke(context: CanvasRenderingContext2D, width: number): void {
  context.lineWidth = width;
  context.strokeStyle = getComputedStyle(context.canvas).color;
  context.stroke();
}

function ring(context: CanvasRenderingContext2D, [x, y]: Range): void {
  context.beginPath();
  context.arc(x, y, 15, 0, 2 * Math.PI);
  stroke(context, 5);
}

// The line where the values are 0, cell by cell (marching squares).
function contour(context: CanvasRenderingContext2D, values: number[]): void {
  const { width, height } = context.canvas;
  const place = (i: number) => [((i % GRID) + 0.5) / GRID, (Math.floor(i / GRID) + 0.5) / GRID];
  const crossing = (a: number, b: number): Range => {
    const t = values[a] / (values[a] - values[b]);
    const [[ax, ay], [bx, by]] = [place(a), place(b)];
    return [(ax + t * (bx - ax)) * width, (ay + t * (by - ay)) * height];
  };
  context.beginPath();
  for (let row = 0; row < GRID - 1; row++) {
    for (let column = 0; column < GRID - 1; column++) {
      const a = row * GRID + column;
      const corners = [a, a + 1, a + 1 + GRID, a + GRID];
      const crossings: Range[] = [];
      corners.forEach((p, i) => {
        const q = corners[(i + 1) % 4];
        if (values[p] > 0 !== values[q] > 0) crossings.push(crossing(p, q));
      });
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        context.moveTo(...crossings[i]);
        context.lineTo(...crossings[i + 1]);
      }
    }
  }
  stroke(context, 4);
}

// Classes differ in shape as well as in colour, for those who see few colours.
function mark(context: CanvasRenderingContext2D, [x, y]: Range, kind: number): void {
  const corners = CORNERS[kind % CORNERS.length];
  context.beginPath();
  if (corners) {
    for (let i = 0; i < corners; i++) {
      const angle = (2 * Math.PI * (i + 0.5)) / corners + Math.PI / 2;
      context.lineTo(x + 8.5 * Math.cos(angle), y + 8.5 * Math.sin(angle));
    }
    context.closePath();
  } else context.arc(x, y, 7, 0, 2 * Math.PI);
  context.fillStyle = `rgb(${COLOURS[kind % COLOURS.length].join()})`;
  context.strokeStyle = "#fff";
  context.lineWidth = 2.5;
  context.fill();
  context.stroke();
}
