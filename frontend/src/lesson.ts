// What moves in a lesson: sliders that change the numbers of a sentence, and explorers in frames.
import { number, short } from "./format";
import { Graph } from "./graph";
import { library } from "./library";
import type { GraphData, Library, Rules } from "./types";

interface CurveData {
  x: number;
  y: number;
  other: [number, number] | null; // the point that the line goes to; null: the line is the tangent
  names: [string, string];
}

interface LiveData {
  graph: GraphData;
  root: number;
  sliders: { node: number; low: number; high: number; step: number }[];
  curve?: CurveData;
  bars?: number[];
}

declare global {
  interface Window {
    lesson?: Record<string, (library: Library) => Rules>;
  }
}

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, POINTS] = [360, 220, 120];

function written(id: string): unknown {
  return JSON.parse(document.getElementById(id)?.textContent ?? "null");
}

function live(element: HTMLElement): void {
  const name = element.dataset.live ?? "";
  const made = window.lesson?.[name];
  if (!made) return;
  const source = written(name) as LiveData;
  const graph = new Graph(source.graph, made(library));
  const data = graph.start();
  const drawn = element.querySelector<HTMLElement>(".drawn");
  let scale: Scale | null = null;

  const show = () => {
    graph.forward(data);
    const grads = gradients(graph, source.root, data);
    for (const place of element.querySelectorAll<HTMLElement>("[data-read]")) {
      const [kind, node, k] = (place.dataset.read ?? "").split(":");
      const i = Number(node);
      if (kind === "count") place.textContent = Math.round(data[i]).toLocaleString("en");
      else if (kind === "data") place.textContent = number(data[i]);
      else if (kind === "grad") place.textContent = number(grads[i]);
      else place.textContent = number(graph.partials(i, data)[Number(k)]);
    }
    if (source.curve) {
      scale = plane(graph, source, source.curve, data, scale);
      drawn?.replaceChildren(curve(graph, source.curve, data, scale));
    }
    if (source.bars) drawn?.replaceChildren(...source.bars.map((node) => bar(graph, node, data)));
  };
  for (const input of element.querySelectorAll("input")) {
    const moved = () => {
      data[Number(input.dataset.node)] = Number(input.value);
      const shown = Number(input.step) % 1 ? number(Number(input.value)) : input.value;
      if (input.nextElementSibling) input.nextElementSibling.textContent = shown;
      show();
    };
    input.addEventListener("input", moved);
    moved();
  }
}

// Parents have smaller numbers than what is computed from them, so one walk down is the order.
function gradients(graph: Graph, root: number, data: Float64Array): Float64Array {
  const grads = new Float64Array(graph.size);
  grads[root] = 1;
  for (let i = root; i >= 0; i--) {
    if (!grads[i] || graph.isLeaf(i)) continue;
    const partials = graph.partials(i, data);
    graph.parents[i].forEach((p, k) => (grads[p] += partials[k] * grads[i]));
  }
  return grads;
}

type Scale = { left: number; right: number; low: number; high: number };

// What part of the plane is drawn: all of the slider's range, and all that y is or was there.
function plane(
  graph: Graph,
  source: LiveData,
  of: CurveData,
  data: Float64Array,
  before: Scale | null,
): Scale {
  const range = source.sliders.find((s) => s.node === of.x);
  const [least, most] = range ? [range.low, range.high] : [-1, 1];
  const side = 0.04 * (most - least);
  const [left, right] = [least - side, most + side];
  const ys = sweep(graph, of, data, left, right).map(([, y]) => y);
  const [low, high] = [Math.min(...ys), Math.max(...ys)];
  const margin = 0.08 * (high - low || 1);
  return {
    left,
    right,
    low: Math.min(low - margin, before?.low ?? Infinity),
    high: Math.max(high + margin, before?.high ?? -Infinity),
  };
}

function sweep(graph: Graph, of: CurveData, data: Float64Array, left: number, right: number) {
  const copy = data.slice();
  return Array.from({ length: POINTS + 1 }, (_, i): [number, number] => {
    copy[of.x] = left + ((right - left) * i) / POINTS;
    graph.forward(copy);
    return [copy[of.x], copy[of.y]];
  });
}

function curve(graph: Graph, of: CurveData, data: Float64Array, scale: Scale) {
  const { left, right, low, high } = scale;
  const px = (x: number) => (WIDTH * (x - left)) / (right - left);
  const py = (y: number) => HEIGHT - (HEIGHT * (y - low)) / (high - low);
  const svg = draw("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  const [x, y] = [data[of.x], data[of.y]];
  const there = of.other && [data[of.other[0]], data[of.other[1]]];
  const slope = there ? (there[1] - y) / (there[0] - x) : gradients(graph, of.y, data)[of.x];
  svg.setAttribute(
    "aria-label",
    `${of.names[1]} over ${of.names[0]}, and a line of slope ${short(slope)}`,
  );
  if (low < 0 && high > 0) svg.append(line("axis", 0, py(0), WIDTH, py(0)));
  if (left < 0 && right > 0) svg.append(line("axis", px(0), 0, px(0), HEIGHT));
  const path = sweep(graph, of, data, left, right).map(([a, b]) => `${px(a)},${py(b)}`);
  svg.append(draw("polyline", { points: path.join(" "), class: "curve" }));
  const at = (a: number) => py(y + slope * (a - x));
  svg.append(line("tangent", 0, at(left), WIDTH, at(right)));
  svg.append(draw("circle", { cx: px(x), cy: py(y), r: 5, class: "point" }));
  if (there)
    svg.append(draw("circle", { cx: px(there[0]), cy: py(there[1]), r: 5, class: "point" }));
  return svg;
}

function line(kind: string, x1: number, y1: number, x2: number, y2: number) {
  return draw("line", { x1, y1, x2, y2, class: kind });
}

function draw(name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

function bar(graph: Graph, node: number, data: Float64Array): HTMLElement {
  const row = document.createElement("div");
  row.className = "bar";
  const [name, length, amount] = ["span", "i", "output"].map((tag) => document.createElement(tag));
  name.textContent = graph.labels[node];
  length.style.width = `${60 * Math.min(1, Math.max(0, data[node]))}%`;
  amount.textContent = number(data[node], 3);
  row.append(name, length, amount);
  return row;
}

// An explorer comes into its frame when it is near, so that a lesson opens at once.
function frame(element: HTMLElement, program: string): void {
  const page = written(element.dataset.page ?? "") as string;
  const inner = document.createElement("iframe");
  inner.title = element.dataset.title ?? "explorer";
  inner.srcdoc = page.replace("/* the program */", () => program);
  if (element.dataset.state)
    inner.addEventListener(
      "load",
      () => {
        if (inner.contentWindow) inner.contentWindow.location.hash = element.dataset.state ?? "";
      },
      { once: true },
    );
  element.replaceChildren(inner);
}

function start(): void {
  document.querySelectorAll<HTMLElement>(".live").forEach(live);
  const program = written("explorer-program") as string | null;
  if (program === null) return;
  const near = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        near.unobserve(target);
        frame(target as HTMLElement, program);
      }
    },
    { rootMargin: "600px" },
  );
  document.querySelectorAll(".explorer").forEach((element) => near.observe(element));
}

start();
